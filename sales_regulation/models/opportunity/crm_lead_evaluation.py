# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import engine, given_number

KIND = "opportunity_entry"


class CrmLead(models.Model):
    """The manager evaluates size and probability before an opportunity enters the process
    (C05: S3-44)."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "regulation.approvable"]

    _sealed_fields = frozenset(
        {
            "regulation_size",
            "regulation_chance",
            "regulation_evaluation_id",
        }
    )
    _approval_kinds = frozenset({KIND})
    _approval_fallbacks = {KIND: "team_leader"}
    _approval_content_fields = ("partner_id", "partner_name", "contact_name")

    regulation_size = fields.Monetary(
        string="Size (evaluated)",
        currency_field="company_currency",
        readonly=True,
        copy=False,
        help="Untaxed volume as the manager evaluates it, in the currency of the company.",
    )
    regulation_chance = fields.Float(
        string="Probability (evaluated)",
        digits=(16, 2),
        readonly=True,
        copy=False,
        help="Percent, as the manager evaluates it.",
    )
    regulation_evaluation_id = fields.Many2one(
        comodel_name="regulation.approval",
        string="Evaluation",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The request in which size and probability were evaluated.",
    )

    regulation_to_evaluate = fields.Boolean(compute="_compute_regulation_to_evaluate")

    @api.depends_context("uid")
    def _compute_regulation_to_evaluate(self):
        self.regulation_to_evaluate = False
        if self.env["regulation.profile"]._regulated_companies():
            mine = self.env["regulation.approval"]._ids_waiting_for_me(self._name, KIND)
            for lead in self:
                lead.regulation_to_evaluate = lead._origin.id in mine

    def action_request_evaluation(self, reason=""):
        """Ask the manager to evaluate size and probability."""
        return self.action_request_approval(KIND, reason)

    def action_evaluate(self, values):
        """Write down the evaluation that one's approval rests on.

        :param dict values: ``size`` (untaxed, in the lead's company currency) and
            ``probability`` (percent)
        :raise AccessError: if no evaluation waits for the caller
        """
        self.ensure_one()
        approval = self.env["regulation.approval"]._waiting_for_me(self, KIND)
        size = self._evaluation_figure(values, "size", self.env._("Size"))
        chance = self._evaluation_figure(values, "probability", self.env._("Probability"))
        if size < 0 or not 0 <= chance <= 100:
            raise ValidationError(
                self.env._("The size is not negative, the probability is between 0 and 100 %.")
            )
        engine(self.sudo()).write(
            {
                "regulation_size": size,
                "regulation_chance": chance,
                "regulation_evaluation_id": approval.id,
            }
        )
        self.env["regulation.register"]._record("lead_evaluated", self, code=f"{chance:g} %")
        return True

    def _evaluation_figure(self, values, name, label):
        value = values.get(name) if isinstance(values, dict) else None
        return given_number(self.env, value, label)

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {lead.id: {"customer": lead._process_party()} for lead in self}

    def _approval_facts(self, kind):
        return {
            lead.id: {"amount": lead.expected_revenue, "currency": lead.company_currency}
            for lead in self
        }

    def _approval_submit_check(self, kind):
        super()._approval_submit_check(kind)
        if kind == KIND:
            for lead in self:
                if not lead._process_party():
                    raise UserError(
                        self.env._("%s: name the customer first.", lead.display_name)
                    )

    def _approval_check(self, approval, verdict):
        super()._approval_check(approval, verdict)
        if (
            approval.kind_id.code == KIND
            and verdict == "approved"
            and self.regulation_evaluation_id != approval
        ):
            raise UserError(
                self.env._(
                    "%s: enter size and probability first (button Evaluate).", self.display_name
                )
            )

    def _approval_summary(self, approval):
        if approval.kind_id.code != KIND:
            return super()._approval_summary(approval)
        return self.env["ir.qweb"]._render(
            "sales_regulation.opportunity_summary",
            {
                "lead": self,
                "money": lambda amount: self._gate_money(amount, self.company_currency),
                "feasibility": dict(
                    self._fields["regulation_feasibility"]._description_selection(self.env)
                ).get(self.regulation_feasibility),
            },
            minimal_qcontext=True,
        )
