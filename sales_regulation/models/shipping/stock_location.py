# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import UserError


class StockLocation(models.Model):
    _inherit = "stock.location"

    def write(self, vals):
        if not {"usage", "company_id"} & vals.keys():
            return super().write(vals)
        companies = self.env["regulation.profile"]._regulated_companies()
        if not companies:
            return super().write(vals)
        inside = self.filtered(
            lambda location: (
                location.company_id.id in companies
                and not location._regulation_outside_of(location.company_id)
            )
        )
        owners = {location: location.company_id for location in inside}
        result = super().write(vals)
        gone = inside.filtered(lambda location: location._regulation_outside_of(owners[location]))
        gone._check_no_goods_leave()
        return result

    def _regulation_outside_of(self, company):
        """Whether goods here have left ``company``, see the guard of shipments."""
        self.ensure_one()
        return self.usage == "customer" or (self.usage == "transit" and self.company_id != company)

    def _check_no_goods_leave(self):
        """A shelf that is renamed a customer would make its goods leave without a transfer."""
        if self and self.env["stock.quant"].sudo().search_count(
            [("location_id", "child_of", self.ids), ("quantity", ">", 0)], limit=1
        ):
            raise UserError(
                self.env._(
                    "There are goods here: they leave by a delivery, not by making the location"
                    " a customer's."
                )
            )
