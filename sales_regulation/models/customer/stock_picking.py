# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "regulation.gated"]

    def _gate_credit_shipment(self, policies, **facts):
        """What was within the limit when it was confirmed may not be so today.

        A later invoice, a lower limit or an overdue debt stops the next shipment.
        """
        keys = {picking.id: picking._credit_keys() for picking in self}
        Partner = self.env["res.partner"].sudo()
        lines = Partner._credit_lines(
            [key for picking in self for key in keys[picking.id]],
            overdue_days=Partner._credit_overdue_days(self, policies, keys),
        )
        refusals = {}
        for picking in self:
            for key in keys[picking.id]:
                refusal = Partner.browse(key[1])._credit_refusal(policies[picking.id], lines[key])
                if refusal:
                    refusals.setdefault(picking.id, refusal)
        return refusals

    def _credit_keys(self):
        """Whose credit the shipment uses: the payers of its orders, else whom it goes to."""
        self.ensure_one()
        orders = self.env["sale.order"].union(*self.move_ids._regulation_orders().values())
        if orders:
            return list(dict.fromkeys(key for order in orders for key in order._credit_keys()))
        company = self.company_id or self.env.company
        return [(company.id, partner.id) for partner in self.partner_id.commercial_partner_id]
