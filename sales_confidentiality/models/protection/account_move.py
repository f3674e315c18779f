# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import label_index


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "regulation.protected"]

    _confidentiality_idx = label_index("invoice_user_id")
