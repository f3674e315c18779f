# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

CASE = "confidentiality.case"


class ConfidentialityCaseRow(models.AbstractModel):
    """A row about a document of any model: one about a case is for the people on the case.

    Clocks, the register and the access log are read by managers and auditors, who may be
    concerned themselves. A global rule on ``is_case_open`` keeps such rows from them (C56).
    """

    _name = "confidentiality.case.row"
    _description = "Row that may be about a Case"

    #: the field with the name of the model
    _case_model_field = "res_model"

    is_case_open = fields.Boolean(
        string="No Case of Others",
        compute="_compute_is_case_open",
        search="_search_is_case_open",
        help="It is about no confidentiality case, or about one that the reader is on.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_case_open(self):
        rows = self.sudo()
        about = rows.filtered(lambda row: row[self._case_model_field] == CASE)
        cases = self.env[CASE].sudo(False).browse(set(about.mapped("res_id")))
        mine = set(cases.exists()._filtered_access("read").ids) if about else set()
        closed = about.filtered(lambda row: row.res_id not in mine)
        for row in self:
            row.is_case_open = row.id not in closed._ids

    @api.model
    def _search_is_case_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        cases = self.env[CASE].sudo(False)

        def to_sql(model, alias, query):
            return SQL(
                "(%s IS DISTINCT FROM %s OR %s IN %s)",
                model._field_to_sql(alias, self._case_model_field, query),
                CASE,
                model._field_to_sql(alias, "res_id", query),
                cases._search([]).subselect(),
            )

        mine = Domain.custom(to_sql=to_sql, predicate=lambda row: row.is_case_open)
        return mine if True in value else ~mine


class RegulationDeadline(models.Model):
    _name = "regulation.deadline"
    _inherit = ["regulation.deadline", "confidentiality.case.row"]


class RegulationRegister(models.Model):
    _name = "regulation.register"
    _inherit = ["regulation.register", "confidentiality.case.row"]


class ConfidentialityLog(models.Model):
    _name = "confidentiality.log"
    _inherit = ["confidentiality.log", "confidentiality.case.row"]

    _case_model_field = "model"
