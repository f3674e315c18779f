# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ...tools.policy import strictest_any


class RegulationProfile(models.Model):
    """What a regulation demands after the signature of a contract."""

    _inherit = "regulation.profile"

    contract_archive_role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="Archived by",
        default=lambda self: self.env["regulation.role"]._code("legal"),
        help="Takes the signed original in and puts contracts on file (合同歸檔). Its holders"
        " read signed contracts. Empty: whoever may edit the contract.",
    )
    contract_original_portal = fields.Boolean(
        string="Original also after a Portal Signature",
        help="A paper original comes back although the customer signed on the portal. After a"
        " signature on paper it always does.",
    )

    @api.model
    def _strictness(self):
        return {**super()._strictness(), "contract_original_portal": strictest_any}
