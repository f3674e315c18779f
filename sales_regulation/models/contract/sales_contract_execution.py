# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

_FIGURES = {
    "execution_ordered": "ordered",
    "execution_delivered": "delivered",
    "execution_invoiced": "invoiced",
    "execution_paid": "paid",
    "execution_overdue": "overdue",
    "execution_due_on": "next_due_on",
    "execution_delivery_on": "delivery_due_on",
}


class SalesContract(models.Model):
    """What became of the contract, as the ledger says (S0-82, S3-53)."""

    _inherit = "sales.contract"

    execution_ordered = fields.Monetary(
        string="Ordered",
        compute="_compute_execution",
        compute_sudo=True,
        help="Confirmed orders, taxes included.",
    )
    execution_delivered = fields.Monetary(
        string="Delivered",
        compute="_compute_execution",
        compute_sudo=True,
        help="At the prices of the orders, taxes included.",
    )
    execution_invoiced = fields.Monetary(
        string="Invoiced",
        compute="_compute_execution",
        compute_sudo=True,
        help="Posted invoices less credit notes, taxes included.",
    )
    execution_paid = fields.Monetary(
        string="Paid",
        compute="_compute_execution",
        compute_sudo=True,
        help="Money that finance has confirmed for the orders.",
    )
    execution_overdue = fields.Monetary(
        string="Overdue", compute="_compute_execution", compute_sudo=True
    )
    execution_due_on = fields.Date(
        string="Next Payment due", compute="_compute_execution", compute_sudo=True
    )
    execution_delivery_on = fields.Date(
        string="Delivery due", compute="_compute_execution", compute_sudo=True
    )

    @api.depends("order_ids.amount_total", "order_ids.state", "amount_total")
    def _compute_execution(self):
        """One query for all contracts, that of the ledger."""
        Ledger = self.env["sales.contract.ledger"]
        # Its rows follow many documents: what was read before may be old
        Ledger.invalidate_model()
        rows = {
            row["id"]: row
            for row in Ledger.search_read(
                [("id", "in", self._origin.ids)], list(_FIGURES.values()), load=None
            )
        }
        for contract in self:
            row = rows.get(contract._origin.id, {})
            for name, column in _FIGURES.items():
                contract[name] = row.get(column, False)

    def action_view_ledger(self):
        """Open the row of the ledger."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sales_contract_ledger_action"
        )
        return {**action, "domain": [("contract_id", "=", self.id)], "context": {}}
