# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class KpiSheetPart(models.AbstractModel):
    """A row of a score sheet: written by the system, and by nobody once the sheet is locked."""

    _name = "kpi.sheet.part"
    _description = "Part of a Score Sheet"
    _inherit = ["regulation.sealed", "regulation.protected", "kpi.bulk"]

    _append_only = True

    sheet_id = fields.Many2one(
        comodel_name="kpi.sheet", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, ondelete="restrict", index=True
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.sheet_id._check_unlocked()
        return rows

    def write(self, vals):
        self.sheet_id._check_unlocked()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self.sheet_id._check_unlocked()
