# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import UserError

from ...tools import Refusal, engine
from ..order.sale_order_review import _step
from .sales_contract import FIXED, OPEN

#: the reviews in their order: approval kind, state while it runs, switch of the contract type
REVIEWS = (
    ("contract_business", "business", "business_review"),
    ("contract_legal", "legal", "legal_review"),
    ("contract_final", "final", "final_review"),
)
KINDS = tuple(kind for kind, _state, _switch in REVIEWS)
_STATES = {kind: state for kind, state, _switch in REVIEWS}
RUNNING = tuple(_STATES.values())
_TOUCHED = "sales.contract.content"


class SalesContract(models.Model):
    """Business review, legal review, further approval; sending and signing after them (C20).

    Each review is an approval of the whole content with its own checklist and time limit.
    The next one begins by itself when one is granted; what was granted for the present
    content is not asked for again, so that after a return only changed content starts over.
    """

    _inherit = "sales.contract"

    # === ACTION METHODS === #

    def action_submit(self, reason=""):
        """Submit the contract for its reviews (S0-75, S0-76).

        :param str reason: what the reviewers should know
        :raise UserError: naming the mandatory terms that are missing
        """
        self.check_access("write")
        for contract in self:
            if contract.state not in OPEN:
                raise UserError(self.env._("%s is submitted already.", contract.display_name))
        self._check_basis()
        self._gate_pass("submit")
        self._store_version()
        self.sudo()._next_review(str(reason or ""))

    def action_revise(self):
        """Take a contract back to the draft: it will be reviewed anew if its text changes."""
        self.check_access("write")
        for contract in self:
            if contract.state in FIXED or contract.state in OPEN:
                raise UserError(self.env._("%s is not on its way.", contract.display_name))
        self.sudo()._step_back()

    # === GATES === #

    def _gate_stages(self):
        stages = {}
        real = self.filtered(lambda contract: isinstance(contract.id, int))
        if drafts := real.filtered(lambda contract: contract.state in OPEN):
            stages["submit"] = drafts
        if ready := real.filtered(lambda contract: contract.state == "approved"):
            stages["send"] = ready
        if sent := real.filtered(lambda contract: contract.state in ("sent", "reconfirmed")):
            stages["sign"] = sent
        return stages

    def _gate_contract_terms(self, policies, **facts):
        """Mandatory terms are there, as fields, before anybody reviews (S0-74, S4-288)."""
        terms = self._mandatory_terms()
        refusals = {}
        for contract in self:
            if missing := contract._missing_terms(terms[contract.id]):
                refusals[contract.id] = Refusal(
                    reason=self.env._(
                        "Mandatory terms are missing: %s.", ", ".join(missing.mapped("name"))
                    ),
                )
        return refusals

    def _gate_contract_review(self, policies, **facts):
        """Nothing goes to the customer, and nothing is signed, before it is reviewed (S0-77)."""
        needed = self._reviews()
        names = {
            code: self.env["regulation.approval.kind"]._code(code).name
            for code in dict.fromkeys(code for codes in needed.values() for code in codes)
        }
        valid = {code: self._approvals_valid(code) for code in names}
        refusals = {}
        for contract in self:
            missing = [code for code in needed[contract.id] if contract.id not in valid[code]]
            if missing:
                refusals[contract.id] = Refusal(
                    reason=self.env._("The contract is not approved."),
                    missing=tuple(names[code] for code in missing),
                )
        return refusals

    def _gate_contract_reconfirm(self, policies, **facts):
        """Before the signature the terms are confirmed once more with the customer (S0-78)."""
        digests = self._content_digests()
        return {
            contract.id: Refusal(
                reason=self.env._("The terms are not reconfirmed with the customer."),
                missing=(self.env._("Reconfirmation of the text as it stands"),),
            )
            for contract in self
            if contract.reconfirmed_fingerprint != digests[contract.id]
        }

    def _gate_leaving(self):
        """Before a contract leaves the house: by mail, printed, downloaded (S0-77).

        Raises where the gate does; a release is used up when the contract is sent, not before.
        """
        if self.env["regulation.profile"]._regulated_companies():
            pending = self.filtered(lambda contract: contract.state not in FIXED)
            if held := pending._gate_held("send"):
                held._gate_pass("send")

    def _gate_held(self, stage):
        """Those of these contracts that a gate of the step would stop now."""
        held = {
            refusal.record.id
            for refusal in self._gate_refusals(stage)
            if refusal.mode == "enforce" and not refusal.release_id
        }
        return self.filtered(lambda contract: contract.id in held)

    # === REVIEWS === #

    def _reviews(self):
        """The reviews that each contract has to pass, in order: ``{id: [kind, ...]}``.

        Those of which the regulation names a step that applies. Where the gate is on and the
        regulation names none at all, the leader of the sales team reviews.
        """
        contracts = self.sudo()
        policies = contracts._regulation_policies()
        facts = contracts._approval_facts(None)
        figures = {
            contract.id: contract._approval_figures(facts[contract.id]) for contract in contracts
        }
        result = {contract.id: [] for contract in contracts}
        silent = set(result)
        for kind, _state, switch in REVIEWS:
            rules = contracts._approval_rules(kind)
            for contract in contracts:
                if rules[contract.id]:
                    silent.discard(contract.id)
                if contract.type_id[switch] and any(
                    rule._applies(*figures[contract.id]) for rule in rules[contract.id]
                ):
                    result[contract.id].append(kind)
        for contract_id in silent:
            if policies[contract_id].mode("contract_review") != "off":
                result[contract_id] = [KINDS[0]]
        return result

    def _next_review(self, reason=""):
        """Begin the first review that is not granted for the present content."""
        needed = self._reviews()
        valid = {code: self._approvals_valid(code) for code in KINDS}
        for contract in self:
            for kind in needed[contract.id]:
                if contract.id in valid[kind]:
                    continue
                engine(contract).write({"state": _STATES[kind]})
                approval = contract._request_approval(kind, reason)
                if approval.state == "pending":
                    break
            else:
                engine(contract).write({"state": "approved"})

    def _step_back(self):
        """Back to the draft: what waits for a decision is withdrawn."""
        self.approval_ids.filtered(lambda approval: approval.state == "pending")._end(
            "withdrawn", "withdrawn"
        )
        engine(self.filtered(lambda contract: contract.state not in OPEN)).write({"state": "draft"})

    def _step_back_if_changed(self):
        """Those on their way that say something else than was submitted start again."""
        underway = self.sudo().filtered(
            lambda contract: contract.state not in OPEN and contract.state not in FIXED
        )
        if not underway:
            return
        digests = underway._content_digests()
        changed = underway.filtered(
            lambda contract: contract.version_fingerprint != digests[contract.id]
        )
        if changed:
            changed.approval_ids.filtered(
                lambda approval: approval.state in ("pending", "approved")
            )._void_changed()
            changed._step_back()

    def _approval_content_changed(self):
        result = super()._approval_content_changed()
        underway = self.filtered(
            lambda contract: contract.state not in OPEN and contract.state not in FIXED
        )
        if underway:
            # Once, at the end: a save changes several lines one after the other
            precommit = self.env.cr.precommit
            if _TOUCHED not in precommit.data:
                precommit.data[_TOUCHED] = set()
                env = self.env(su=True)
                precommit.add(lambda: env["sales.contract"]._check_underway())
            precommit.data[_TOUCHED].update(underway.ids)
        return result

    @api.model
    def _check_underway(self):
        ids = self.env.cr.precommit.data.pop(_TOUCHED, ())
        self.browse(ids).exists()._step_back_if_changed()

    # === APPROVAL === #

    def _approval_content(self, kind):
        return self._contract_content()

    def _approval_facts(self, kind):
        return {
            contract.id: {
                "amount": sum(line.quantity * line._net_price() for line in contract.line_ids),
                "currency": contract.currency_id,
            }
            for contract in self
        }

    def _approval_steps(self, kind, facts):
        rules = self._approval_rules(kind)
        ruled = self.filtered(lambda contract: rules[contract.id])
        steps = super(SalesContract, ruled)._approval_steps(kind, facts) if ruled else {}
        for contract in self - ruled:
            steps[contract.id] = [_step(10, self.env._("Sales team leader"), "team_leader")]
        return steps

    def _approval_submit_check(self, kind):
        super()._approval_submit_check(kind)
        for contract in self:
            # The button submits; nobody jumps the queue by asking for legal first
            if contract.sudo().state != _STATES.get(kind):
                raise UserError(
                    self.env._("%s: use the button Submit for Review.", contract.display_name)
                )

    def _approval_check(self, approval, verdict):
        super()._approval_check(approval, verdict)
        if verdict == "approved":
            self._checklist_require(approval.kind_id.code)
            self._check_basis()

    def _approval_granted(self, approval):
        super()._approval_granted(approval)
        if self.state == _STATES.get(approval.kind_id.code):
            # The next review was asked for by whoever submitted the contract
            self.with_user(approval.submitted_by_id).sudo()._next_review(approval.reason or "")

    def _approval_returned(self, approval):
        super()._approval_returned(approval)
        engine(self).write({"state": "returned"})

    def _approval_voided(self, approval):
        super()._approval_voided(approval)
        # An earlier approval may end after the text was submitted anew: it says nothing of that
        present = self._content_digests()[self.id]
        if self.state not in OPEN + FIXED and (
            approval.fingerprint == self.version_fingerprint or present != self.version_fingerprint
        ):
            engine(self).write({"state": "draft"})

    def _approval_withdrawn(self, approval):
        super()._approval_withdrawn(approval)
        engine(self.filtered(lambda contract: contract.state in RUNNING)).write({"state": "draft"})

    def _approval_summary(self, approval):
        return self._contract_summary()

    def _contract_summary(self):
        """What the contract says, as its reviewers read it."""
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "sales_regulation.contract_summary",
            {
                "contract": self,
                "money": lambda amount: self._gate_money(amount, self.currency_id),
                "terms": self._printed_terms(),
            },
            minimal_qcontext=True,
        )

    def _printed_terms(self):
        """The terms with their labels, in the order in which they are printed."""
        self.ensure_one()
        terms = []
        for name in (
            "reason_kind",
            "reason",
            "customer_consent",
            "payment_term_id",
            "delivery_date",
            "delivery_days",
            "delivery_terms",
            "date_start",
            "date_end",
            "quality_terms",
            "acceptance_terms",
            "return_days",
            "liability_terms",
            "rights_terms",
            "dispute_terms",
        ):
            if text := self.env["regulation.profile"]._field_text(self, name):
                terms.append((self._fields[name]._description_string(self.env), text))
        return terms

    # === CHECKLIST === #

    def _checklist_kinds(self):
        kinds = {}
        for kind, state in _STATES.items():
            if reviewed := self.filtered(lambda contract, state=state: contract.state == state):
                kinds[kind] = reviewed
        return kinds
