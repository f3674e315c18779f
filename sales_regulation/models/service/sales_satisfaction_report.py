# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import api, fields, models
from odoo.tools import SQL, format_date


class SalesSatisfactionReport(models.Model):
    """Satisfaction by customer, person and month: a figure, or "no data" below the fewest answers.

    So for each group of rows too: the mean of all its answers, if they are enough.
    """

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
    average = fields.Float(
        string="Satisfaction (mean)",
        readonly=True,
        digits=(5, 2),
        aggregator="avg",
        help="0 to 100, of all answers together; empty with fewer than the regulation asks for.",
    )
    # What the mean of a group is made of; no figures by themselves
    total = fields.Float(readonly=True, aggregator=None)
    fewest = fields.Integer(string="Fewest Answers", readonly=True, aggregator=None)
    has_data = fields.Boolean(compute="_compute_result")
    result = fields.Char(
        string="Satisfaction",
        compute="_compute_result",
        help="0 to 100; 'no data' with fewer answers than the regulation asks for.",
    )

    def _read_group_select(self, aggregate_spec, query):
        """The mean of a group is that of its answers, not of its rows, and needs enough of them."""
        if aggregate_spec != "average:avg":
            return super()._read_group_select(aggregate_spec, query)
        total, answers, fewest = (
            self._field_to_sql(self._table, name, query) for name in ("total", "answers", "fewest")
        )
        return SQL(
            "CASE WHEN SUM(%(answers)s) >= MAX(%(fewest)s)"
            " THEN SUM(%(total)s) / NULLIF(SUM(%(answers)s), 0) END",
            answers=answers,
            fewest=fewest,
            total=total,
        )

    @property
    def _table_query(self):
        regulated = self.env["res.company"].browse(
            self.env["regulation.profile"]._regulated_companies()
        )
        return SQL(
            """
            SELECT answer.*, CASE WHEN answers >= fewest THEN total / answers END AS average
              FROM (SELECT min(id) AS id, company_id, partner_id, user_id, team_id, source,
                           date_trunc('month', date)::date AS month,
                           count(*) AS answers,
                           count(*) FILTER (WHERE satisfied) AS satisfied,
                           sum(score) AS total,
                           COALESCE((%s::jsonb ->> company_id::text)::int, 1) AS fewest
                      FROM sales_satisfaction
                     WHERE own_word IS NOT TRUE
                  GROUP BY company_id, partner_id, user_id, team_id, source,
                           date_trunc('month', date)) answer
            """,
            json.dumps(self.env["sales.satisfaction"]._fewest_answers(regulated)),
        )

    @api.depends("answers", "average", "fewest", "month")
    @api.depends_context("lang")
    def _compute_result(self):
        for row in self:
            row.month_name = format_date(self.env, row.month, date_format="MMMM yyyy")
            row.has_data = row.answers >= row.fewest
            row.result = f"{row.average:.1f}" if row.has_data else self.env._("no data")
