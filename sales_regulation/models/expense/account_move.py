# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import engine


class AccountMove(models.Model):
    _inherit = "account.move"

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Reversing an entry takes it from its claim. Nothing else does while it is posted."""
        if self.env["regulation.profile"]._regulated_companies():
            engine(self.sudo().expense_ids).write({"account_move_id": False})
        return super()._reverse_moves(default_values_list=default_values_list, cancel=cancel)
