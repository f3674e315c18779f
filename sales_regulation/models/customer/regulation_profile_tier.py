# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools


class RegulationProfileTier(models.Model):
    """What a regulation does differently for the customers of one tier (S3-18)."""

    _name = "regulation.profile.tier"
    _description = "Policy of a Tier"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"
    _rec_name = "tier_id"

    _tier_uniq = models.Constraint(
        "UNIQUE(profile_id, tier_id)", "A regulation says once what it does for a tier."
    )
    _figures = models.Constraint(
        "CHECK(min_score >= 0 AND min_score <= 100 AND review_days >= 0 AND own_days >= 0)",
        "Points are 0 to 100, days 0 or more.",
    )

    sequence = fields.Integer(default=10)
    tier_id = fields.Many2one(
        comodel_name="ka.tier", required=True, ondelete="restrict", index=True
    )
    min_score = fields.Float(
        string="From Score", digits=(16, 2), help="Proposed from so many of 100 points on."
    )
    review_days = fields.Integer(
        string="Review every (days)",
        help="Calendar days after which the dossier is reviewed again. 0: no date.",
    )
    manager_in_negotiation = fields.Boolean(
        string="Manager Negotiates",
        help="A manager of the salesperson takes part in the negotiation: he has recorded a contact"
        " with the customer before the contract is submitted or the opportunity won."
    )
    ownership_exempt = fields.Boolean(
        string="Ownership does not lapse",
        help="A customer of this tier stays with his owner however long nobody contacts him.",
    )
    own_days = fields.Integer(
        string="Protected (days)",
        help="Instead of the days of the regulation. 0: those of the regulation.",
    )
    shipping_priority = fields.Integer(
        default=50,
        help="The smaller, the further up in the keeper's list of deliveries to ship. Customers"
        " without a tier: 50.",
    )
    dossier_sections = fields.Selection(
        selection=[
            ("base", "Base data"),
            ("needs", "Base data and needs"),
            ("full", "Complete key-account dossier"),
        ],
        default="base",
        required=True,
        help="Which parts of the dossier have to be complete.",
    )

    @api.model
    @tools.ormcache("ids", "name", cache="stable")
    def _values(self, ids, name):
        """``{ka.tier id: value}`` of these lines, the first of a tier; for plain values only."""
        values = {}
        for line in self.sudo().browse(ids):
            values.setdefault(line.tier_id.id, line[name])
        return values
