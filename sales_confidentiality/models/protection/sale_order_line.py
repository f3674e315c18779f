# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import label_index


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "confidentiality.masked", "confidentiality.satellite"]

    _satellite_of = "order_id"

    #: the last one is stamped by the addon of scores, where it is installed
    _masked_rights = dict.fromkeys(
        ("purchase_price", "margin", "margin_percent", "credited_cost"), "cost"
    )

    _confidentiality_idx = label_index("confidentiality_owner_id")
