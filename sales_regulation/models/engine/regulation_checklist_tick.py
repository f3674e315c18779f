# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ...tools import SoftMany2one


class RegulationChecklistTick(models.Model):
    """Somebody has seen that an item is complete. A tick taken back stays, marked so."""

    _name = "regulation.checklist.tick"
    _description = "Checklist Tick"
    _inherit = ["regulation.about", "regulation.sealed"]
    _order = "id desc"
    _log_access = False
    _append_only = True

    kind = fields.Char(string="Checklist", required=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(readonly=True, help="The item as it read when it was ticked.")
    profile_id = SoftMany2one(comodel_name="regulation.profile", readonly=True)
    user_id = SoftMany2one(
        comodel_name="res.users", string="Ticked by", required=True, readonly=True
    )
    at = fields.Datetime(
        string="Ticked at", required=True, readonly=True, default=fields.Datetime.now
    )
    fingerprint = fields.Char(readonly=True, help="Content that the person saw.")
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    undone_by_id = SoftMany2one(comodel_name="res.users", string="Taken back by", readonly=True)
    undone_at = fields.Datetime(string="Taken back at", readonly=True)

    _document_idx = models.Index("(res_model, res_id, kind)")
    _once = models.UniqueIndex(
        "(res_model, res_id, kind, code, fingerprint) WHERE undone_at IS NULL",
        "This item is ticked already.",
    )
