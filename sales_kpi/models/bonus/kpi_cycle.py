# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ..sheet.kpi_cycle_people import Scored


class KpiCycle(models.Model):
    """Who stands above whom, for documents beside the score sheets."""

    _inherit = "kpi.cycle"

    def _teams_of(self, company):
        """``{user id: id of his sales team}`` in a company."""
        return self.new({"company_id": company.id})._team_members()

    def _viewers_of(self, company, teams):
        """``{user id: users above him}`` for ``{user id: team id or False}``."""
        people = {user: Scored(user, None, 0, 0, team or 0) for user, team in teams.items()}
        return self.sudo().new({"company_id": company.id})._superiors_of(people)
