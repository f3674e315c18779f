# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from ..models.policy.regulation_clause import EVENTS_BY_CODE, EVENTS_BY_GATE


class RegulationClauseReport(models.Model):
    """The register seen by clause: which clause was deviated from, when, by whom, and how.

    One row per row of the register and clause that it concerns. What was followed at a gate
    is no register row: the clause itself counts it from the documents.
    """

    _name = "regulation.clause.report"
    _description = "Deviations by Clause"
    _inherit = ["regulation.about.shown"]
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "clause_id"
    _depends = {
        "regulation.register": [
            "at",
            "event",
            "code",
            "gate",
            "user_id",
            "company_id",
            "profile_id",
            "res_model",
            "res_id",
        ],
        "regulation.clause": ["profile_id", "gate_ids", "carrier_code"],
        "regulation.gate": ["code"],
    }

    at = fields.Datetime(string="Time", readonly=True)
    clause_id = fields.Many2one(comodel_name="regulation.clause", readonly=True)
    profile_id = fields.Many2one(
        comodel_name="regulation.profile", string="Regulation", readonly=True
    )
    outcome = fields.Selection(
        selection=[
            ("followed", "Followed"),
            ("warned", "Warned"),
            ("blocked", "Blocked"),
            ("released", "Released"),
            ("breached", "Breached"),
        ],
        readonly=True,
    )
    gate_id = fields.Many2one(comodel_name="regulation.gate", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Actor", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    res_model = fields.Char(required=False)
    res_id = fields.Many2oneReference(required=False)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY hit.register_id, hit.clause_id) AS id, hit.*
              FROM (%s UNION ALL %s) hit
            """,
            self._by_gate(),
            self._by_code(),
        )

    def _by_gate(self):
        return SQL(
            """
            SELECT %s, gate.id AS gate_id
              FROM regulation_register register
              JOIN regulation_gate gate ON gate.code = register.gate
              JOIN regulation_clause_regulation_gate_rel rel ON rel.regulation_gate_id = gate.id
              JOIN regulation_clause clause ON clause.id = rel.regulation_clause_id
               AND clause.profile_id = register.profile_id
             WHERE register.event IN %s
            """,
            self._select(EVENTS_BY_GATE),
            tuple(EVENTS_BY_GATE),
        )

    def _by_code(self):
        return SQL(
            """
            SELECT %s, NULL::integer AS gate_id
              FROM regulation_register register
              JOIN regulation_clause clause ON clause.profile_id = register.profile_id
               AND register.code = ANY (
                   string_to_array(replace(clause.carrier_code, ' ', ''), ',')
               )
             WHERE register.event IN %s
            """,
            self._select(EVENTS_BY_CODE),
            tuple(EVENTS_BY_CODE),
        )

    def _select(self, events):
        outcome = SQL(" ").join(
            SQL("WHEN %s THEN %s", event, counter.removesuffix("_count"))
            for event, counter in events.items()
        )
        return SQL(
            """
            register.id AS register_id, clause.id AS clause_id, register.profile_id,
            register.at, register.user_id, register.company_id, register.res_model,
            register.res_id, CASE register.event %s END AS outcome
            """,
            outcome,
        )
