# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL, format_date


class SalesSatisfactionReport(models.Model):
    """Satisfaction by customer, person and month: a figure, or "no data" below the fewest answers."""

    _name = "sales.satisfaction.report"
    _description = "Satisfaction Figures"
    _auto = False
    _depends = {
        "sales.satisfaction": [
            "company_id",
            "partner_id",
            "user_id",
            "team_id",
            "source",
            "date",
            "score",
            "satisfied",
            "own_word",
        ]
    }
    _order = "month desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Person Rated", readonly=True)
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team", readonly=True)
    source = fields.Selection(
        selection=lambda self: (
            self.env["sales.satisfaction"]._fields["source"]._description_selection(self.env)
        ),
        readonly=True,
    )
    month = fields.Date(readonly=True)
    month_name = fields.Char(string="Month (text)", compute="_compute_result")
    answers = fields.Integer(readonly=True, aggregator="sum")
    satisfied = fields.Integer(readonly=True, aggregator="sum", help="Answers 'satisfied'.")
    average = fields.Float(readonly=True, digits=(5, 2), aggregator="avg")
    has_data = fields.Boolean(compute="_compute_result")
    result = fields.Char(
        string="Satisfaction",
        compute="_compute_result",
        help="0 to 100; 'no data' with fewer answers than the regulation asks for.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(id) AS id, company_id, partner_id, user_id, team_id, source,
                   date_trunc('month', date)::date AS month,
                   count(*) AS answers,
                   count(*) FILTER (WHERE satisfied) AS satisfied,
                   avg(score) AS average
              FROM sales_satisfaction
             WHERE own_word IS NOT TRUE
          GROUP BY company_id, partner_id, user_id, team_id, source, date_trunc('month', date)
            """
        )

    @api.depends("answers", "average", "month")
    @api.depends_context("lang")
    def _compute_result(self):
        fewest = self.env["sales.satisfaction"]._fewest_answers(self.company_id)
        for row in self:
            row.month_name = format_date(self.env, row.month, date_format="MMMM yyyy")
            row.has_data = row.answers >= fewest.get(row.company_id.id, 1)
            row.result = f"{row.average:.1f}" if row.has_data else self.env._("no data")
