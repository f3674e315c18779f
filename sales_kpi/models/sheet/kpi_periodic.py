# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.sales_regulation.tools import period_of

from ..scheme.kpi_scheme import FREQUENCIES


class KpiPeriodic(models.AbstractModel):
    """A document of a company for a month, a quarter or a year."""

    _name = "kpi.periodic"
    _description = "Document of a Period"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    frequency = fields.Selection(
        selection=FREQUENCIES, string="Period", default="monthly", required=True
    )
    day = fields.Date(
        string="In",
        required=True,
        default=lambda self: self.env.company._regulation_today().replace(day=1)
        - timedelta(days=1),
        help="A day of the period.",
    )
    date_from = fields.Date(
        string="From", compute="_compute_dates", store=True, precompute=True, index=True
    )
    date_to = fields.Date(string="Until", compute="_compute_dates", store=True, precompute=True)

    @api.depends("frequency", "day")
    def _compute_dates(self):
        for document in self:
            if document.day and document.frequency:
                document.date_from, document.date_to = period_of(document.frequency, document.day)
