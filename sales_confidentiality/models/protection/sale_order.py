# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ...tools import label_index
from .confidentiality_model import LABEL_FIELD, OWNER_FIELD


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "regulation.protected", "confidentiality.masked"]

    _masked_rights = {"margin": "cost", "margin_percent": "cost"}

    _confidentiality_idx = label_index("user_id")

    def unlink(self):
        lines = self.env["sale.order.line"]
        fields = [lines._fields[name] for name in (LABEL_FIELD, OWNER_FIELD)]
        pending = [self.env.records_to_compute(field) for field in fields]
        result = super().unlink()
        # The database deletes the lines with their orders: of theirs nothing is left to compute,
        # and to ask which lines they were would cost a query of its own
        for field, before in zip(fields, pending, strict=True):
            self.env.remove_to_compute(field, self.env.records_to_compute(field) - before)
        return result

    @api.depends_context("uid")
    def _compute_duplicated_order_ids(self):
        return super()._compute_duplicated_order_ids()

    def _fetch_duplicate_orders(self):
        """Who types the reference of a hidden order does not learn that there is one."""
        found = super()._fetch_duplicate_orders()
        told = self._without_concealed({key: self.browse(ids) for key, ids in found.items()})
        return {key: set(orders.ids) for key, orders in told.items()}
