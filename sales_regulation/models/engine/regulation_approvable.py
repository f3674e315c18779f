# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import RegulatedOne2many

#: documents whose content may have changed in this transaction, by model
CHANGED = "regulation.approvable"


class RegulationApprovable(models.AbstractModel):
    """Who must say yes before this goes on?

    The steps come from the profile in force when a document is submitted; the approval
    keeps them to its end. It counts for the content that was submitted: give that content
    in ``_approval_content`` and name the fields whose change may touch it.

    To put a model under approval: inherit this, add a row of ``regulation.approval.kind``,
    implement ``_approval_content`` and ``_approval_facts``, and ask ``_approvals_valid``
    in the gate. See docs/extending.md.
    """

    _name = "regulation.approvable"
    _inherit = ["regulation.covered"]
    _description = "Document under Approval"

    #: Fields whose change may change the content. The content itself decides; these only
    #: say when to look. Lines: see ``regulation.approvable.line``.
    _approval_content_fields = ()
    #: Kinds whose outcome moves the document itself (``_approval_granted`` and the like): what
    #: else may be asked for about it, an acknowledgement for one, carries nothing out.
    #: Empty: every kind.
    _approval_kinds = frozenset()

    #: Who decides where the regulation names nobody: ``{kind: "team_leader" or "manager"}``.
    _approval_fallbacks = {}

    approval_ids = RegulatedOne2many(
        comodel_name="regulation.approval",
        inverse_name="res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        string="Approvals",
    )
    approval_count = fields.Integer(compute="_compute_approval_count")
    approval_pending = fields.Char(
        compute="_compute_approval_count",
        string="Waiting for Approval",
        help="What is asked for and not yet decided.",
    )

    def _compute_approval_count(self):
        self.approval_count = 0
        self.approval_pending = False
        if not self.env["regulation.profile"]._regulated_companies():
            return
        counts = defaultdict(int)
        pending = defaultdict(list)
        for res_id, kind, state, count in self.env["regulation.approval"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            ["res_id", "kind_id", "state"],
            ["__count"],
        ):
            counts[res_id] += count
            if state == "pending":
                pending[res_id].append(kind.name)
        for document in self:
            document.approval_count = counts[document.id]
            document.approval_pending = ", ".join(pending[document.id])

    # === SEAMS === #

    def _approval_content(self, kind):
        """What is approved: ``{id: anything made of dicts, lists, numbers, texts, records}``.

        Inputs only (prices, quantities, terms), nothing computed from them, no line ids.
        A constant number of queries for the whole recordset.
        """
        raise NotImplementedError

    def _approval_frame(self, kind):
        """What may not change even within the profile's tolerance on the amount: ``{id: ...}``.

        Empty for a document: it knows no tolerance, every change voids its approval.
        """
        return {}

    def _approval_facts(self, kind):
        """Figures on which steps depend: ``{id: {"amount", "currency", "deviation"}}``.

        A figure that is not given asks for every step that depends on it.
        """
        return {}

    def _approval_steps(self, kind, facts):
        """The steps of each document: ``{id: [values of regulation.approval.step, ...]}``.

        By default those of the profile in force. An override may compute them; beside
        ``sequence`` and ``name`` a step gives ``approver_type`` with ``role_id`` or, for
        the types "user" and "list", ``candidate_ids`` (user ids). No step: nobody has to
        decide, and it is approved when it is submitted.

        :raise UserError: if the regulation in force knows no such approval
        """
        rules = self._approval_rules(kind)
        steps = {}
        for document in self:
            if not rules[document.id] and kind in self._approval_fallbacks:
                steps[document.id] = [self._approval_fallback(self._approval_fallbacks[kind])]
                continue
            if not rules[document.id]:
                raise UserError(
                    self.env._(
                        "The regulation in force does not say who decides on: %(kind)s.",
                        kind=self.env["regulation.approval.kind"]._code(kind).name,
                    )
                )
            amount, deviation = document._approval_figures(facts.get(document.id))
            steps[document.id] = [
                rule._prepare_step()
                for rule in rules[document.id]
                if rule._applies(amount, deviation)
            ]
        return steps

    @api.model
    def _approval_fallback(self, approver_type):
        names = {"team_leader": self.env._("Sales team leader"), "manager": self.env._("Superior")}
        return {
            "sequence": 10,
            "name": names[approver_type],
            "approver_type": approver_type,
            "role_id": False,
            "candidate_ids": [],
            "days_allowed": 0,
            "opinion": "return",
            "clause_codes": False,
        }

    def _approval_interested(self):
        """People who do not decide on this document themselves, beside who submits it."""
        self.ensure_one()
        return self._regulation_owners()

    def _approval_submit_check(self, kind):
        """Raise UserError if a document cannot be submitted as it is."""

    def _approval_check(self, approval, verdict):
        """Raise UserError if it cannot be decided so (ticks missing, ...).

        Called as superuser with the real user id.
        """

    def _approval_granted(self, approval):
        """The last step approved it. Called as superuser with the real user id."""

    def _approval_returned(self, approval):
        """A step returned it."""

    def _approval_refused(self, approval):
        """A step refused it."""
        self._approval_returned(approval)

    def _approval_voided(self, approval):
        """Its content changed."""

    def _approval_withdrawn(self, approval):
        """Who submitted it took it back."""

    def _approval_summary(self, approval):
        """What the approver reads on the approval itself (HTML), beside amount and reason."""
        return False

    # === ENDPOINTS === #

    def action_request_approval(self, kind, reason=""):
        """Submit the documents for an approval of this kind.

        :raise AccessError: if the caller may not write them
        """
        self.check_access("write")
        if self.env["regulation.approval.kind"]._code(str(kind)).acknowledgement:
            raise AccessError(
                self.env._("An acknowledgement is asked for by publishing, not by hand.")
            )
        self._request_approval(str(kind), str(reason or ""))
        return True

    def action_view_approvals(self):
        """Open the approvals of this document."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.regulation_approval_action_all"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {}
        return action

    # === ENGINE === #

    def _request_approval(self, kind, reason=""):
        """Submit the documents; return the approvals, one for each.

        :raise UserError: if one cannot be submitted, waits already or is approved already
        """
        Kind = self.env["regulation.approval.kind"]
        kind_row = Kind._code(kind)
        if kind_row.model and kind_row.model != self._name:
            raise ValidationError(
                self.env._("%(kind)s is not for this kind of document.", kind=kind_row.name)
            )
        self._approval_submit_check(kind)
        documents = self.sudo()
        previous = documents._approval_previous(kind_row)
        policies = documents._regulation_policies()
        facts = documents._approval_facts(kind)
        steps = documents._approval_steps(kind, facts)
        digests = documents._approval_digests(kind)
        rows = []
        for document in documents:
            policy = policies[document.id]
            amount, deviation = document._approval_figures(facts.get(document.id))
            fingerprint, frame = digests[document.id]
            earlier = previous.get(document.id)
            rows.append(
                {
                    "document": document,
                    "profile_id": policy.profile_id,
                    "steps": document._approval_expand(steps[document.id], kind_row, policy),
                    "reason": reason,
                    "amount": amount,
                    "deviation": deviation,
                    "fingerprint": fingerprint,
                    "frame": frame,
                    "previous": earlier
                    if policy.get("approval_resume") == "refusing_step"
                    else None,
                }
            )
        return self.env["regulation.approval"]._submit(kind_row, rows)

    @api.model
    def _approval_moves(self, kind):
        """Whether the outcome of an approval of this kind moves such a document."""
        return not self._approval_kinds or kind in self._approval_kinds

    def _approvals_valid(self, kind):
        """The approval of each document that is granted and for what it says now.

        :return: ``{id: approval}``, nothing for a document without one; as many queries
            for one document as for many
        """
        if not self.ids:
            return {}
        kind_id = self.env["regulation.approval.kind"]._id_by_code(kind)
        granted = (
            self.env["regulation.approval"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kind_id", "=", kind_id),
                    ("state", "=", "approved"),
                ],
                ["res_id", "kind_id", "fingerprint", "frame"],
                order="id desc",
            )
        )
        if not granted:
            return {}
        documents = self.sudo().browse(granted.mapped("res_id"))
        holds = documents._approval_holds(granted)
        valid = {}
        for approval in granted:
            if holds[approval.id]:
                valid.setdefault(approval.res_id, approval)
        return valid

    def _approvals_needed(self, kind):
        """Whether some step applies to each document: ``{id: bool}``.

        Where the regulation says nothing about this approval it is needed all the same:
        the gate that asks for it is on.
        """
        rules = self.sudo()._approval_rules(kind)
        known = self.sudo().filtered(lambda document: rules[document.id])
        steps = known._approval_steps(kind, known._approval_facts(kind)) if known else {}
        return {document.id: bool(steps.get(document.id, True)) for document in self}

    def _approval_rules(self, kind):
        """The rules of each document's regulation for this kind, in order: ``{id: rules}``."""
        Rule = self.env["regulation.approval.rule"].sudo()
        policies = self._regulation_policies()
        every = Rule.browse(
            {rule for policy in policies.values() for rule in policy.get("approval_rule_ids", ())}
        ).filtered(lambda rule: rule.kind_id.code == kind)
        return {
            document.id: every.filtered(
                lambda rule, ids=set(policies[document.id].get("approval_rule_ids", ())): rule.id in ids
            ).sorted(lambda rule: (rule.sequence, rule.id))
            for document in self
        }

    def _approval_expand(self, steps, kind, policy):
        """A step for everybody becomes one step per person; the same step twice is one."""
        self.ensure_one()
        expanded, seen = [], set()
        for step in steps:
            key = self.env["regulation.approval"]._step_key(step)
            if key in seen:
                continue
            seen.add(key)
            if step.get("approver_type") != "everyone":
                expanded.append(step)
                continue
            users = self.env["regulation.profile"].sudo().browse(policy.profile_id)._covered_users()
            if not kind.acknowledgement:
                users -= self._approval_interested() | self.env.user
            expanded += [{**step, "candidate_ids": user.ids} for user in users]
        return expanded

    def _approval_previous(self, kind):
        """The last approval of each document that came back.

        :raise UserError: if one waits or counts already
        """
        approvals = (
            self.env["regulation.approval"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kind_id", "=", kind.id),
                ],
                order="id desc",
            )
        )
        approvals.filtered(lambda row: row.state == "pending")._void_changed()
        valid = self._approvals_valid(kind.code)
        previous = {}
        for approval in approvals:
            if approval.state == "pending":
                raise UserError(
                    self.env._(
                        "%(approval)s waits already for %(names)s.",
                        approval=approval.display_name,
                        names=approval.waiting_for or self.env._("an approver to be found"),
                    )
                )
            if approval == valid.get(approval.res_id):
                raise UserError(
                    self.env._("%(approval)s is approved already.", approval=approval.display_name)
                )
            if approval.res_id not in previous:
                previous[approval.res_id] = (
                    approval if approval.state in ("returned", "refused") else None
                )
        return previous

    def _approval_figures(self, facts):
        """``(amount in the company's currency, deviation)``, None for what is not known."""
        self.ensure_one()
        facts = facts or {}
        amount = facts.get("amount")
        currency = facts.get("currency")
        company = self._regulation_company()
        if amount is not None and currency and currency != company.currency_id:
            amount = currency._convert(
                amount, company.currency_id, company, company._regulation_today()
            )
        return amount, facts.get("deviation")

    def _approval_digests(self, kind):
        """``{id: (fingerprint, fingerprint of the frame or False)}``."""
        Fingerprint = self.env["regulation.fingerprint"]
        contents = self._approval_content(kind)
        frames = self._approval_frame(kind)
        return {
            document.id: (
                Fingerprint._digest(contents[document.id]),
                Fingerprint._digest(frames[document.id]) if frames.get(document.id) else False,
            )
            for document in self
        }

    def _approval_holds(self, approvals):
        """Whether each of ``approvals`` is for what its document says now.

        :return: ``{approval id: bool}``; those whose document is not in ``self``: False
        """
        holds = dict.fromkeys(approvals.ids, False)
        by_id = {document.id: document for document in self}
        for kind, rows in approvals.grouped("kind_id").items():
            documents = self.browse([row.res_id for row in rows if row.res_id in by_id])
            if not documents:
                continue
            code = kind._code_by_id(kind.id)
            digests = documents._approval_digests(code)
            facts = None
            for row in rows:
                if row.res_id not in digests:
                    continue
                fingerprint, frame = digests[row.res_id]
                holds[row.id] = fingerprint == row.fingerprint
                if not holds[row.id] and frame and frame == row.frame:
                    facts = documents._approval_facts(code) if facts is None else facts
                    holds[row.id] = by_id[row.res_id]._approval_tolerated(
                        row, facts.get(row.res_id)
                    )
        return holds

    def _approval_tolerated(self, approval, facts):
        """Whether only figures changed, the amount within the profile's tolerance and the
        deviation no further than approved."""
        self.ensure_one()
        tolerance = approval.profile_id.approval_tolerance
        amount, deviation = self._approval_figures(facts)
        if not tolerance or amount is None or not approval.has_amount:
            return False
        limit = abs(approval.amount) * tolerance / 100.0
        currency = approval.currency_id
        return (
            currency.compare_amounts(abs(amount - approval.amount), limit) <= 0
            and round(deviation or 0.0, 2) <= round(approval.deviation, 2)
        )

    # === CHANGES OF CONTENT === #

    @api.constrains(lambda self: self._approval_content_fields)
    def _check_approval_content(self):
        self._approval_content_changed()

    def _approval_content_changed(self):
        """The content may have changed: look once, before the transaction is committed."""
        if not self.ids or not self.env["regulation.profile"]._regulated_companies():
            return
        precommit = self.env.cr.precommit
        if CHANGED not in precommit.data:
            precommit.data[CHANGED] = defaultdict(set)
            env = self.env(su=True)
            precommit.add(lambda: env["regulation.approvable"]._approval_void_changed())
        precommit.data[CHANGED][self._name].update(self.ids)

    @api.model
    def _approval_void_changed(self):
        """Void what was submitted or approved and is not any more what it was."""
        changed = self.env.cr.precommit.data.pop(CHANGED, {})
        for model, ids in changed.items():
            self.env["regulation.approval"].sudo().search(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", list(ids)),
                    ("state", "in", ("pending", "approved")),
                ]
            )._void_changed()

    @api.ondelete(at_uninstall=False)
    def _unlink_withdraw_approvals(self):
        """What was asked for is not asked any more; the rows stay as evidence.

        Such methods run in the order of their names: those that refuse (``_unlink_except_...``)
        come before, else a document whose approval is withdrawn would pass them as a draft.
        """
        if self.env["regulation.profile"]._regulated_companies():
            self.env["regulation.approval"].sudo().search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "=", "pending"),
                ]
            )._end("withdrawn", "withdrawn")
