# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from odoo.addons.sales_regulation.tools.policy import strictest_in

SHOWN = [
    ("none", "Not published"),
    ("own", "Own position only"),
    ("all", "Positions and scores of everybody ranked"),
]


class RegulationProfile(models.Model):
    """Whether scores are ranked, and before whom, is part of the regulation (C49)."""

    _inherit = "regulation.profile"

    ranking_shown = fields.Selection(
        selection=SHOWN,
        string="Ranking",
        default="none",
        required=True,
        help="What is published with the scores. Never figures, lines or sheets of colleagues.",
    )
    ranking_scope = fields.Selection(
        selection=[("team", "The sales team"), ("company", "The company")],
        string="Ranked among",
        default="team",
        required=True,
        help="Whoever is in no team is not ranked in one.",
    )

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            "ranking_shown": strictest_in("all", "own", "none"),
            "ranking_scope": strictest_in("company", "team"),
        }
