# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class KpiRatingAnswer(models.Model):
    """What somebody answered who stays anonymous: no rater, no moment, no order (C44).

    Who has answered is in ``kpi.rating.request``, and nothing leads from one to the other: rows
    have no user and no time, and their ids are drawn at random, so that neither tells which came
    first. Nobody reads them, whatever rights he gives himself: what comes of them is shown by
    sheets once the ratings are closed.
    """

    _name = "kpi.rating.answer"
    _description = "Anonymous Rating"
    _inherit = ["regulation.sealed"]
    _log_access = False
    _order = "id"

    _append_only = True

    cycle_id = fields.Many2one(
        comodel_name="kpi.cycle", required=True, readonly=True, ondelete="restrict", index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True, ondelete="restrict", index=True
    )
    kind = fields.Char(required=True, readonly=True)
    value = fields.Float(required=True, readonly=True, digits=(5, 2))
    marks = fields.Json(readonly=True, help="By criterion: the value is their sum by weight.")
    comment = fields.Text(readonly=True)

    def _check_access(self, operation):
        if not self.env.su:
            return self, lambda: AccessError(
                self.env._("Anonymous ratings are read by nobody: what comes of them is on the sheet.")
            )
        return super()._check_access(operation)

    @api.model
    def _keep(self, cycle, user, kind, value, comment, marks=None):
        """Keep an answer under a random id."""
        row = {
            "cycle_id": cycle.id,
            "user_id": user.id,
            "kind": kind,
            "value": value,
            "comment": comment or None,
            "marks": json.dumps(marks) if marks else None,
        }
        while True:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO kpi_rating_answer (id, cycle_id, user_id, kind, value, marks, comment)
                    VALUES (%(id)s, %(cycle_id)s, %(user_id)s, %(kind)s, %(value)s,
                            %(marks)s::jsonb, %(comment)s)
                    ON CONFLICT (id) DO NOTHING
                    """,
                    id=secrets.randbelow(2**31 - 1) + 1,
                    **row,
                )
            )
            if self.env.cr.rowcount:
                return
