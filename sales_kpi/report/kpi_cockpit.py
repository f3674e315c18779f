# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from ..models.scheme.kpi_scheme import UNITS

#: amounts: added up for one indicator, never across indicators
AMOUNTS = frozenset({"actual", "target", "actual_all", "target_all"})


class KpiCockpit(models.Model):
    """Scores and what they are made of, side by side over months, teams and indicators (C49).

    A row for each score (``kind`` score) and each line of a sheet (indicator). Seen by whoever
    may see the sheet. What has no data is empty here, not zero, so that no mean counts it.
    Figures of different indicators, or of people and of the units they are in, are never added
    up: a sum over several of them is empty, and of percents and points it is the mean. Figures
    made of cost are in ``actual_all`` and ``target_all``, for whom they are meant; ``actual`` and
    ``target`` do not have them.
    """

    _name = "kpi.cockpit"
    _description = "Cockpit of Scores"
    _auto = False
    _order = "date_from desc, user_id, id"
    _rec_name = "user_id"

    _depends = {
        "kpi.sheet": [
            *("user_id", "company_id", "team_id", "date_from", "frequency", "is_latest"),
            *("state", "score", "has_score", "unit", "department_id"),
        ],
        "kpi.sheet.line": [
            *("sheet_id", "indicator_id", "unit", "status", "is_confidential", "secret"),
            *("actual", "target", "attained", "points", "deduction"),
        ],
        "hr.employee": ["user_id", "company_id", "current_version_id"],
        "hr.version": ["department_id"],
    }

    kind = fields.Selection(
        selection=[("score", "Score"), ("indicator", "Indicator")], string="What", readonly=True
    )
    sheet_id = fields.Many2one(comodel_name="kpi.sheet", string="Score Sheet", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    whose = fields.Selection(selection=UNITS, string="Whose Score", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        readonly=True,
        help="Empty: of a sales team or a department.",
    )
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team", readonly=True)
    department_id = fields.Many2one(
        comodel_name="hr.department", readonly=True, help="Of a person that of today."
    )
    date_from = fields.Date(string="Period", readonly=True, help="Its first day.")
    frequency = fields.Selection(
        selection=[("monthly", "Month"), ("quarterly", "Quarter"), ("yearly", "Year")],
        string="Length",
        readonly=True,
    )
    stage = fields.Selection(
        selection=[("running", "Not Published"), ("final", "Published")], readonly=True
    )
    is_latest = fields.Boolean(string="Latest Revision", readonly=True)
    indicator_id = fields.Many2one(comodel_name="kpi.indicator", readonly=True)
    unit = fields.Selection(
        selection=[
            ("money", "Company currency"),
            ("number", "Plain number"),
            ("percent", "Percent"),
            ("points", "Points (0 to 100)"),
        ],
        readonly=True,
    )
    status = fields.Selection(
        selection=[
            ("ok", "Counted"),
            ("shown", "Shown only"),
            ("no_data", "No data"),
            ("no_target", "No target"),
        ],
        readonly=True,
    )
    is_confidential = fields.Boolean(string="Made of Cost", readonly=True)
    target = fields.Float(digits=(16, 2), readonly=True, help="Without figures made of cost.")
    actual = fields.Float(
        string="Result", digits=(16, 2), readonly=True, help="Without figures made of cost."
    )
    target_all = fields.Float(
        string="Target with Profit",
        digits=(16, 2),
        readonly=True,
        groups="sales_kpi.group_kpi_cost",
    )
    actual_all = fields.Float(
        string="Result with Profit",
        digits=(16, 2),
        readonly=True,
        groups="sales_kpi.group_kpi_cost",
    )
    attained = fields.Float(
        string="Attained (%)", digits=(16, 2), readonly=True, aggregator="avg"
    )
    has_attained = fields.Boolean(string="With a Percentage", readonly=True)
    points = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    deduction = fields.Float(string="Points taken", digits=(16, 2), readonly=True)
    score = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    has_score = fields.Boolean(string="Scored", readonly=True)

    # === CRUD METHODS === #

    def _read_group_select(self, aggregate_spec, query):
        name, _dot, function = aggregate_spec.partition(":")
        if name in AMOUNTS and function == "sum":
            return SQL(
                """
                CASE WHEN COUNT(DISTINCT %(indicator)s) > 1 THEN NULL
                     WHEN COUNT(DISTINCT %(whose)s) > 1 THEN NULL
                     WHEN BOOL_AND(%(unit)s IN ('percent', 'points')) THEN AVG(%(amount)s)
                     ELSE SUM(%(amount)s) END
                """,
                indicator=self._field_to_sql(self._table, "indicator_id", query),
                whose=self._field_to_sql(self._table, "whose", query),
                unit=self._field_to_sql(self._table, "unit", query),
                amount=self._field_to_sql(self._table, name, query),
            )
        return super()._read_group_select(aggregate_spec, query)

    # === ACTION METHODS === #

    def action_open_sheet(self):
        """Open the score sheet that a row comes from."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.sheet_id.display_name,
            "res_model": "kpi.sheet",
            "res_id": self.sheet_id.id,
            "view_mode": "form",
        }

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._scores_sql(), self._lines_sql())

    def _sheet_columns(self):
        """What every row has from its sheet."""
        return SQL(
            """
            sheet.id AS sheet_id, sheet.company_id, sheet.unit AS whose, sheet.user_id,
            sheet.team_id, COALESCE(sheet.department_id, version.department_id) AS department_id,
            sheet.date_from, sheet.frequency,
            CASE WHEN sheet.state IN ('published', 'locked') THEN 'final' ELSE 'running' END
                AS stage,
            sheet.is_latest
            """
        )

    def _department_joins(self):
        return SQL(
            """
            LEFT JOIN hr_employee employee
              ON employee.user_id = sheet.user_id AND employee.company_id = sheet.company_id
            LEFT JOIN hr_version version ON version.id = employee.current_version_id
            """
        )

    def _scores_sql(self):
        return SQL(
            """
            SELECT sheet.id * 2 AS id, 'score' AS kind, %s,
                   NULL::int AS indicator_id, NULL::varchar AS unit,
                   CASE WHEN sheet.has_score THEN 'ok' ELSE 'no_data' END AS status,
                   FALSE AS is_confidential,
                   NULL::numeric AS target, NULL::numeric AS actual,
                   NULL::numeric AS target_all, NULL::numeric AS actual_all,
                   NULL::numeric AS attained, NULL::numeric AS points,
                   NULL::numeric AS deduction,
                   CASE WHEN sheet.has_score THEN sheet.score END AS score, sheet.has_score,
                   FALSE AS has_attained
              FROM kpi_sheet sheet %s
            """,
            self._sheet_columns(),
            self._department_joins(),
        )

    def _lines_sql(self):
        return SQL(
            """
            SELECT line.id * 2 + 1, 'indicator', %s, line.indicator_id, line.unit, line.status,
                   line.is_confidential,
                   CASE WHEN line.is_confidential IS NOT TRUE THEN line.target END,
                   CASE WHEN line.is_confidential IS NOT TRUE THEN line.actual END,
                   CASE WHEN line.is_confidential THEN (line.secret ->> 'target')::numeric
                        ELSE line.target END,
                   CASE WHEN line.is_confidential THEN (line.secret ->> 'actual')::numeric
                        ELSE line.actual END,
                   line.attained, line.points, line.deduction, NULL, NULL,
                   line.attained IS NOT NULL
              FROM kpi_sheet_line line
              JOIN kpi_sheet sheet ON sheet.id = line.sheet_id %s
            """,
            self._sheet_columns(),
            self._department_joins(),
        )
