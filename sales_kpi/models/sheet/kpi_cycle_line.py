# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiCycleLine(models.Model):
    """Where somebody stood when the period of a cycle had ended: superior and sales team (C44).

    Neither is dated in the system, so they are kept at the first computation after the period.
    From then on raters, teams and readers of the cycle follow these rows, not the line of today.
    """

    _name = "kpi.cycle.line"
    _description = "Reporting Line of a Score Cycle"
    _inherit = ["regulation.sealed", "kpi.bulk"]
    _order = "cycle_id, team_id, user_id"
    _rec_name = "user_id"

    _append_only = True

    _user_uniq = models.Constraint("UNIQUE(cycle_id, user_id)", "Everybody stands in one place.")

    cycle_id = fields.Many2one(
        comodel_name="kpi.cycle", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    superior_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The nearest one in the line; without a line the leader of the team.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    is_leader = fields.Boolean(string="Leads the Team", readonly=True)
