# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time

from odoo import fields, models
from odoo.tools.date_utils import float_to_time


class RegulationExtraDay(models.Model):
    """A day that is worked although the working calendar says otherwise (调休).

    Attendances recur every week and cannot hold a single Saturday.
    """

    _name = "regulation.extra.day"
    _description = "Make-up Working Day"
    _order = "date desc, id"
    _rec_name = "date"

    _date_uniq = models.Constraint(
        "UNIQUE(company_id, date)", "This day is in the list of the company already."
    )
    _hours = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_to > hour_from AND hour_to <= 24)",
        "Working hours begin before they end, between 0 and 24.",
    )

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
        index=True,
    )
    date = fields.Date(required=True)
    hour_from = fields.Float(string="From", required=True, default=9.0)
    hour_to = fields.Float(string="To", required=True, default=18.0)
    name = fields.Char(string="Reason")

    def _span(self, tz):
        self.ensure_one()
        begin, end = (
            time(23, 59, 59) if hour >= 24 else float_to_time(hour)
            for hour in (self.hour_from, self.hour_to)
        )
        return (
            tz.localize(datetime.combine(self.date, begin)),
            tz.localize(datetime.combine(self.date, end)),
        )
