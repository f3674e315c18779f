# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SalesContract(models.Model):
    """A contract with a customer of a high tier is negotiated with a manager's part (C08)."""

    _name = "sales.contract"
    _inherit = ["sales.contract", "regulation.negotiated"]

    def _negotiation_since(self):
        """From the beginning of the opportunity, or of the first quotation."""
        return {
            contract.id: min(
                moment
                for moment in (
                    contract.create_date,
                    *contract.order_ids.mapped("create_date"),
                    *contract.order_ids.opportunity_id.mapped("create_date"),
                )
            ).replace(microsecond=0)
            for contract in self
        }
