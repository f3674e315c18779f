# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .regulation_profile import PROPOSAL_MODES


class RegulationProfileTier(models.Model):
    _inherit = "regulation.profile.tier"

    proposal_mode = fields.Selection(
        selection=PROPOSAL_MODES,
        string="Solution Proposal",
        help="Whether an approved proposal precedes quotations and contracts with customers of"
        " this tier. Empty: as for everybody.",
    )
