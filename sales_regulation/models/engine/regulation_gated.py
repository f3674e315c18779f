# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ...tools import reading_frame


class RegulationGated(models.AbstractModel):
    """May this happen now?

    A gate is a row of ``regulation.gate`` (code, model, stage) and a method
    ``_gate_<code>(self, policies, **facts)`` here that is evaluated for the whole recordset
    in a constant number of queries and returns ``{record id: Refusal}`` for those that may
    not pass. The banner, the button and the guard ask the same method.

    To gate another model: inherit this, add the row and the method, call
    ``_gate_pass(stage)`` where the step becomes true (``create``/``write``), and put the
    ``regulation_notice`` field on the form. See docs/extending.md.
    """

    _name = "regulation.gated"
    _inherit = ["regulation.covered"]
    _description = "Gated Document"

    #: steps one after the other at which the same gate may stand: a release lasts to the last
    _gate_stage_order = ()

    regulation_notice = fields.Html(
        string="Regulation",
        compute="_compute_regulation_notice",
        compute_sudo=True,
        sanitize=False,
        help="What the regulation demands before the next step, which clause, and who can help.",
    )
    regulation_held = fields.Boolean(
        string="Stopped by the regulation",
        compute="_compute_regulation_notice",
        compute_sudo=True,
        help="The next step would be refused.",
    )

    @api.depends_context("uid", "lang")
    def _compute_regulation_notice(self):
        self.regulation_notice = False
        self.regulation_held = False
        # A form being edited shows what is saved: the guard will judge what is saved too
        by_record = _by_record(self._origin._gate_banner_refusals())
        for record in self:
            if refusals := by_record.get(record._origin.id):
                record.regulation_notice = self._gate_render(refusals)
                record.regulation_held = any(
                    refusal.mode == "enforce" and not refusal.release_id for refusal in refusals
                )

    # === ACTION METHODS === #

    def action_regulation_help(self):
        """Show what stops the next step, and ask for the approval or release that helps."""
        self.ensure_one()
        self.check_access("read")
        wizard = self.env["regulation.help.wizard"].create(
            {
                "res_model": self._name,
                "res_id": self.id,
                "currency_id": self.sudo()._regulation_company().currency_id.id,
            }
        )
        wizard._fill()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Stops This Document"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    # === SEAMS === #

    def _gate_stages(self):
        """The steps that each record may take next: ``{stage: records}``. For the banner."""
        return {}

    def _gate_orders(self):
        """The sales orders that each record is about: ``{id: orders}``, in few queries.

        For whoever decides on a release: he reads customer, order and amount.
        """
        return {}

    def _gate_remedies(self):
        """What the reader may do himself about a gate that stops this document:
        ``{gate code: (label, record, name of an endpoint of the record)}``."""
        return {}

    def _release_content(self):
        """What a special release of each record is granted for: ``{id: content}``.

        Nothing for a record: whatever it says. Content as in ``_approval_content``.
        """
        return {}

    def _release_bound(self):
        """The records whose content may still change, so that a release is bound to it."""
        return self

    # === ENGINE === #

    def _release_digests(self):
        return self.env["regulation.fingerprint"]._digests(self._release_content())

    def _gate_refusals(self, stage, policies=None, **facts):
        """Evaluate the gates of ``stage``: every refusal, whatever its mode but off.

        Has no side effect. A refusal that an unused release covers names it.

        :param str stage: step that is about to be taken
        :param dict facts: what the gates need to know beside the records, given by our
            own code (quantities leaving now, ...), never by a client; ``passing``: the records
            take the step now, all of them, instead of being looked at one beside the other
        :rtype: list[Refusal]
        """
        gates = self.env["regulation.gate"]._of(self._name, stage)
        if not gates or not self:
            return []
        if policies is None:
            policies = self._regulation_policies()
        refusals = []
        for code, name in gates:
            concerned = self.filtered(lambda rec, code=code: policies[rec.id].mode(code) != "off")
            if not concerned:
                continue
            found = concerned._gate_found(code, policies, facts)
            for record in concerned:
                if refusal := found.get(record.id):
                    line = policies[record.id].gate(code)
                    refusals.append(
                        replace(
                            refusal,
                            record=record,
                            gate=code,
                            gate_name=name,
                            mode="observe" if refusal.advisory else line["mode"],
                            quiet=line["quiet"],
                            clauses=line["clauses"],
                            profile_id=policies[record.id].profile_id,
                        )
                    )
        return self.env["regulation.release"].sudo()._match(refusals)

    def _gate_pass(self, stage, **facts):
        """Let all records take the step, or none: raise UserError naming every reason.

        Uses up the releases that cover a refusal, and records what happened. A release of a gate
        that is asked again at a later step of ``_gate_stage_order`` is used up there.
        """
        self.env["regulation.commitment"]._lock(self._gate_locks(stage))
        refusals = self._gate_refusals(stage, passing=True, **facts)
        if not refusals:
            return
        Register = self.env["regulation.register"]
        observed = [refusal for refusal in refusals if refusal.mode == "observe"]
        enforced = [refusal for refusal in refusals if refusal.mode == "enforce"]
        blocked = [refusal for refusal in enforced if not refusal.release_id]
        if blocked:
            Register._record_attempts("blocked", blocked)
            raise UserError(self._gate_error_text(blocked))
        if observed:
            Register._record_attempts("observed", observed)
        later = self._gate_asked_later(stage)
        used = [refusal for refusal in enforced if refusal.gate not in later]
        if used:
            self.env["regulation.release"].sudo()._consume(used)

    def _gate_locks(self, stage):
        """Keys locked in one statement before the gates of ``stage`` read anything.

        Of two steps at the same moment that want one key the later one is replayed.

        :rtype: list[str | tuple]
        """
        return []

    def _gate_asked_later(self, stage):
        """Codes of the gates at which the document is judged again after this step."""
        order = self._gate_stage_order
        following = order[order.index(stage) + 1 :] if stage in order else ()
        gates = self.env["regulation.gate"]
        return {code for later in following for code, _name in gates._of(self._name, later)}

    def _gate_banner_refusals(self):
        """What the banner shows: the refusals of the next steps, quiet ones left out."""
        if not self.env["regulation.profile"]._regulated_companies():
            return []
        if not (frame := reading_frame(self.env)):
            return self._gate_next_refusals()
        found = frame.once(
            ("banner", self._name, self.env.uid, self.env.lang),
            self._ids,
            lambda ids: {
                **dict.fromkeys(ids, ()),
                **_by_record(self.browse(ids)._gate_next_refusals()),
            },
        )
        return [refusal for refusals in found.values() for refusal in refusals]

    def _gate_next_refusals(self):
        refusals = []
        for stage, records in self._gate_stages().items():
            refusals += records._gate_refusals(stage)
        refusals = [refusal for refusal in refusals if not refusal.quiet]
        return self._gate_with_helpers(refusals)

    def _gate_found(self, code, policies, facts):
        """``{id: Refusal}`` of one gate; what stands at two steps is asked once by a screen."""
        judge = f"_gate_{code}"
        frame = None if facts else reading_frame(self.env)
        if not frame:
            return getattr(self.sudo(), judge)(policies, **facts)

        def read(ids):
            found = getattr(self.browse(ids).sudo(), judge)(policies)
            return {id_: found.get(id_) for id_ in ids}

        return frame.once(("gate", self._name, code, self.env.uid, self.env.lang), self._ids, read)

    def _gate_with_helpers(self, refusals):
        """Name the people who can let a refusal pass."""
        users = self.env["regulation.role"].sudo()._releasers(refusals)
        return [
            replace(refusal, helpers=tuple(sorted(users.get(index, ()))))
            for index, refusal in enumerate(refusals)
        ]

    def _gate_error_text(self, refusals):
        """The text of a refusal: what is missing, which clause, who can help."""
        _ = self.env._
        lines = []
        for refusal in self._gate_with_helpers(refusals):
            # The name of a record that the actor may not read is not told to him
            subject = (
                refusal.record.sudo().display_name
                if refusal.record.id and refusal.record.sudo(False).has_access("read")
                else self.env["ir.model"].sudo()._get(self._name).name
            )
            if lines:
                lines.append("")
            lines.append(f"{subject}: {refusal.reason}")
            lines.extend(f"  - {missing}" for missing in refusal.missing)
            if refusal.clauses:
                lines.append(_("  Clause: %s", ", ".join(refusal.clauses)))
            if refusal.helpers:
                lines.append(_("  Who can help: %s", ", ".join(refusal.helpers)))
        return "\n".join(lines)

    def _gate_render(self, refusals):
        return self.env["ir.qweb"].sudo()._render(
            "sales_regulation.gate_notice", {"refusals": refusals}, minimal_qcontext=True
        )

    @api.model
    def _gate_money(self, amount, currency):
        """An amount as people read it, in ``currency``."""
        return formatLang(self.env, amount, currency_obj=currency)


def _by_record(refusals):
    """``{id: [Refusal, ...]}``."""
    found = {}
    for refusal in refusals:
        found.setdefault(refusal.record.id, []).append(refusal)
    return found
