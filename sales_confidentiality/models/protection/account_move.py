# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ...tools import label_index


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "regulation.protected"]

    _confidentiality_idx = label_index("invoice_user_id")

    @api.depends_context("uid")
    def _compute_duplicated_ref_ids(self):
        return super()._compute_duplicated_ref_ids()

    @api.depends_context("uid")
    def _compute_is_draft_duplicated_ref_ids(self):
        return super()._compute_is_draft_duplicated_ref_ids()

    def _fetch_duplicate_reference(self, *args, **kwargs):
        """Who types the day and the amount of a hidden invoice does not learn that there is one."""
        return self._without_concealed(super()._fetch_duplicate_reference(*args, **kwargs))
