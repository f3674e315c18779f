# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import engine


class SalesBudgetChange(models.Model):
    """A budget is raised, reduced, or money moves between two lines (S0-61, S1-31).

    Says why (analysis of the overrun) and is approved by the kind "budget_change".
    """

    _name = "sales.budget.change"
    _description = "Budget Change"
    _inherit = ["regulation.submittable", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "user_id", "applied_at"})
    _approval_kinds = frozenset({"budget_change"})
    _approval_content_fields = ("from_line_id", "to_line_id", "amount", "note")
    _submittable_fields = ("company_id",)

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "The amount that moves is greater than zero."
    )

    from_line_id = fields.Many2one(
        comodel_name="sales.budget.line",
        string="Take from",
        domain="[('state', '=', 'approved'), ('company_id', '=', company_id)]",
        check_company=True,
        index="btree_not_null",
        help="Empty: the budget grows.",
    )
    to_line_id = fields.Many2one(
        comodel_name="sales.budget.line",
        string="Give to",
        domain="[('state', '=', 'approved'), ('company_id', '=', company_id)]",
        check_company=True,
        index="btree_not_null",
        help="Empty: the budget shrinks.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
    )
    amount = fields.Monetary(required=True)
    note = fields.Text(
        string="Analysis", help="Why the budget does not do, and what is done about it."
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("applied", "Carried out"),
            ("refused", "Refused"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    applied_at = fields.Datetime(string="Carried out at", readonly=True, copy=False)

    @api.depends("from_line_id", "to_line_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = " > ".join(
                line.sudo().display_name if line else "-"
                for line in (change.from_line_id, change.to_line_id)
            )

    # === ACTION METHODS === #

    def action_submit(self):
        """Submit the change for approval.

        :raise UserError: without analysis, or between budgets that are not in force
        """
        self.check_access("write")
        self._check_open()
        for change in self:
            change._check_content()
            engine(change.sudo()).write({"state": "submitted"})
            change._request_approval("budget_change", change.note)

    def _check_content(self):
        self.ensure_one()
        lines = (self.from_line_id | self.to_line_id).sudo()
        if not lines or self.from_line_id == self.to_line_id:
            raise UserError(self.env._("Say which line gives or which line gets the money."))
        if any(line.state != "approved" or line.company_id != self.company_id for line in lines):
            raise UserError(self.env._("Only budgets in force of this company are changed."))
        if not (self.note or "").strip():
            raise UserError(self.env._("Write the analysis first: why is the change needed?"))

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            change.id: {
                "from": change.from_line_id,
                "to": change.to_line_id,
                "amount": change.amount,
                "note": change.note,
            }
            for change in self
        }

    def _approval_facts(self, kind):
        return {
            change.id: {"amount": change.amount, "currency": change.currency_id} for change in self
        }

    def _approval_granted(self, approval):
        for change in self.filtered(lambda change: change.state == "submitted"):
            change._apply()

    def _approval_summary(self, approval):
        self.ensure_one()
        return Markup("<p>%s</p><p>%s</p>") % (self.display_name, self.note or "")

    def _apply(self):
        """Move the money. What is taken away must not be used or reserved already."""
        self.ensure_one()
        self._check_content()
        if self.from_line_id:
            self.from_line_id._check_fits(self.amount)
            engine(self.from_line_id).write({"amount": self.from_line_id.amount - self.amount})
        if self.to_line_id:
            self.to_line_id._taken()
            engine(self.to_line_id).write({"amount": self.to_line_id.amount + self.amount})
        engine(self).write({"state": "applied", "applied_at": fields.Datetime.now()})
