# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "regulation.portal"]


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "regulation.portal"]
