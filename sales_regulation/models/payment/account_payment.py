# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import RegulatedOne2many
from .sale_payment_allocation import COUNTING_STATES


class AccountPayment(models.Model):
    _inherit = "account.payment"

    regulation_allocation_ids = RegulatedOne2many(
        comodel_name="sale.payment.allocation",
        inverse_name="payment_id",
        string="Allocations",
        groups="sales_team.group_sale_salesman,account.group_account_invoice,"
        "account.group_account_readonly,sales_regulation.group_regulation_user",
    )
    regulation_left = fields.Monetary(
        string="Not Allocated",
        compute="_compute_regulation_left",
        compute_sudo=True,
        search="_search_regulation_left",
        help="What of this payment no order has been given yet.",
    )

    @api.depends("amount", "state", "regulation_allocation_ids.state")
    def _compute_regulation_left(self):
        saved = self._origin.filtered(lambda payment: payment.partner_type == "customer")
        left = {}
        if saved and self.env["regulation.profile"]._regulated_companies():
            Allocation = self.env["sale.payment.allocation"]
            probe = Allocation.concat(
                *(Allocation.new({"payment_id": payment.id}) for payment in saved)
            )
            left = probe._left_of_money()
        for payment in self:
            payment.regulation_left = left.get(("account.payment", payment._origin.id), 0.0)

    def _search_regulation_left(self, operator, value):
        """Only the question whether anything is left is answered, by one query."""
        if operator not in (">", "<", "!=", "=") or value:
            return NotImplemented
        self.env["sale.payment.allocation"]._flush_money()
        query = SQL(
            """(
            SELECT pay.id
              FROM account_payment pay
              LEFT JOIN account_move entry ON entry.id = pay.move_id
              LEFT JOIN sale_payment_allocation alloc
                     ON alloc.payment_id = pay.id AND alloc.state = 'confirmed'
             WHERE pay.partner_type = 'customer' AND pay.state IN %s
               AND (pay.move_id IS NULL OR entry.state = 'posted')
             GROUP BY pay.id
            HAVING ABS(COALESCE(SUM(alloc.amount), 0)) < pay.amount
            )""",
            COUNTING_STATES,
        )
        return [("id", "not in" if operator == "=" else "in", query)]

    def write(self, vals):
        if "state" not in vals or not self.env["regulation.profile"]._regulated_companies():
            return super().write(vals)
        counting = self.filtered(lambda payment: payment.state in COUNTING_STATES)
        result = super().write(vals)
        counting.filtered(lambda payment: payment.state not in COUNTING_STATES)._regulation_lost()
        return result

    def action_regulation_allocations(self):
        """Open what of the payment was allocated to orders, to allocate the rest."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allocations of %s", self.display_name),
            "res_model": "sale.payment.allocation",
            "view_mode": "list,kanban,form",
            "mobile_view_mode": "kanban",
            "domain": [("payment_id", "=", self.id)],
            "context": {"default_payment_id": self.id},
        }

    def _regulation_signed_amount(self):
        self.ensure_one()
        return self.amount if self.payment_type == "inbound" else -self.amount

    def _regulation_lost(self):
        """Put on record that money of orders no longer counts; the sums notice by themselves."""
        allocations = self.sudo().regulation_allocation_ids.filtered(
            lambda allocation: allocation.state == "confirmed" and allocation.amount > 0
        )
        allocations.with_env(self.env)._note("payment_lost")
        allocations.order_id.with_env(self.env)._after_payment_lost()
