# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools


class RegulationProfileStage(models.Model):
    """A stage of the sales process as the regulation orders it (C05).

    The stages of Odoo's pipeline are made from these rows for the teams covered; a lead
    stands where the code of its stage says, whatever order or name somebody gives the
    stages of the pipeline. What must be complete before a lead leaves the stage is the
    checklist ``stage_<code>`` of the profile.
    """

    _name = "regulation.profile.stage"
    _description = "Sales Stage of a Profile"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _code_uniq = models.Constraint(
        "UNIQUE(profile_id, code)", "A sales process has one stage of a code."
    )
    _rotting = models.Constraint(
        "CHECK(rotting_days >= 0)", "The days after which a lead is stale cannot be negative."
    )

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Stable name of the stage; its checklist is “stage_” and this code.",
    )
    sequence = fields.Integer(default=10)
    is_won = fields.Boolean(string="Won", help="Leads that reach it are won.")
    entry = fields.Boolean(
        string="Needs Evaluation",
        help="From this stage on an opportunity is in the process: the gate “Opportunity"
        " evaluated” lets it in (商機評估).",
    )
    quotation = fields.Boolean(
        string="Quotations from here on",
        help="A quotation is made from a lead once everything before this stage is complete.",
    )
    rotting_days = fields.Integer(
        string="Stale after (days)",
        help="Leads that were not touched for so many days are marked as stale. 0: never.",
    )

    @api.model
    @tools.ormcache("profile_id", cache="stable")
    def _rows(self, profile_id):
        """``((code, entry, quotation, is_won), ...)`` of a profile, in order."""
        return tuple(
            (row.code, row.entry, row.quotation, row.is_won)
            for row in self.sudo().search([("profile_id", "=", profile_id)])
        )

    @api.model
    def _process(self, policy):
        """The stages of the most specific of the profiles that name some."""
        return next(filter(None, map(self._rows, policy.profile_ids)), ())

    @api.model
    def _names(self, policy):
        """``{code: name}`` in the reader's language."""
        rows = self.sudo().search([("profile_id", "in", policy.profile_ids)])
        return {row.code: row.name for row in reversed(rows)}

    def _prepare_stage(self, teams):
        """Values of the pipeline's stage for these teams."""
        self.ensure_one()
        return {
            "name": self.name,
            "is_won": self.is_won,
            "rotting_threshold_days": self.rotting_days,
            "regulation_code": self.code,
            "regulation_process": self.profile_id.code,
            "team_ids": [fields.Command.set(teams.ids)],
        }
