# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_regulation.tools import engine


class KpiAppeal(models.Model):
    """Somebody does not agree with his score: his reason, and the answer (C44, S3-05)."""

    _name = "kpi.appeal"
    _description = "Appeal against a Score"
    _inherit = ["regulation.sealed", "regulation.protected"]
    _order = "state desc, id desc"
    _rec_name = "user_id"

    _append_only = True

    sheet_id = fields.Many2one(
        comodel_name="kpi.sheet", string="Score", required=True, readonly=True, ondelete="cascade", index=True
    )
    cycle_id = fields.Many2one(related="sheet_id.cycle_id", store=True, index=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        compute="_compute_user_id",
        store=True,
        index=True,
        help="Who appeals: the person, or who leads the unit.",
    )
    company_id = fields.Many2one(related="sheet_id.company_id", store=True, index=True)
    team_id = fields.Many2one(related="sheet_id.team_id", store=True)
    indicator_id = fields.Many2one(
        comodel_name="kpi.indicator",
        string="About",
        readonly=True,
        ondelete="restrict",
        help="Empty: the whole score.",
    )
    reason = fields.Text(required=True, readonly=True)
    made_at = fields.Datetime(string="Made on", required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("open", "To Answer"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    answer = fields.Text(readonly=True)
    answered_by_id = fields.Many2one(
        comodel_name="res.users", string="Answered by", readonly=True, ondelete="restrict"
    )
    answered_at = fields.Datetime(string="Answered on", readonly=True)
    can_answer = fields.Boolean(compute="_compute_can_answer")

    @api.depends("sheet_id")
    def _compute_user_id(self):
        for appeal in self:
            appeal.user_id = appeal.sheet_id._speaker()

    @api.depends("state", "company_id")
    @api.depends_context("uid")
    def _compute_can_answer(self):
        for company, appeals in self.grouped("company_id").items():
            may = self.env["kpi.cycle"]._is_manager_of(company)
            for appeal in appeals:
                appeal.can_answer = (
                    may and appeal.state == "open" and appeal.user_id != self.env.user
                )

    # === ACTION METHODS === #

    def action_accept(self, answer=""):
        """The appeal is right: the scores go back to human resources, to be corrected.

        :raise AccessError: if the caller is not HR of the company, or it is his own score
        :raise UserError: without an answer, or if it was answered already
        """
        self._decide("accepted", answer)
        self.sudo().cycle_id.filtered(lambda cycle: cycle.state == "published")._back_to_review()
        return True

    def action_refuse(self, answer=""):
        """The score stays. The answer says why."""
        self._decide("refused", answer)
        return True

    def action_withdraw(self):
        """Whoever appealed takes it back."""
        self.check_access("read")
        for appeal in self:
            if appeal.user_id != self.env.user:
                raise AccessError(self.env._("An appeal is withdrawn by who made it."))
            if appeal.state != "open":
                raise UserError(self.env._("This appeal was answered already."))
        engine(self.sudo()).write({"state": "withdrawn", "answered_at": fields.Datetime.now()})
        return True

    def action_open_answer(self):
        """Ask for the answer in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "kpi.appeal.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_appeal_id": self.id},
        }

    def _decide(self, state, answer):
        self.check_access("read")
        if not isinstance(answer, str) or not answer.strip():
            raise UserError(self.env._("Say why: the answer is read by who appealed."))
        self.env["regulation.commitment"]._lock(
            [("kpi_cycle", cycle.id) for cycle in self.sudo().cycle_id]
        )
        self.invalidate_recordset()
        for appeal in self:
            if appeal.user_id == self.env.user:
                raise AccessError(self.env._("Nobody answers his own appeal."))
            appeal.cycle_id._check_manager()
            if appeal.state != "open":
                raise UserError(self.env._("This appeal was answered already."))
        engine(self.sudo()).write(
            {
                "state": state,
                "answer": answer.strip()[:4000],
                "answered_by_id": self.env.uid,
                "answered_at": fields.Datetime.now(),
            }
        )
        self.env["regulation.register"]._record(
            "appeal_answered",
            self,
            code=state,
            subject_id=lambda appeal: appeal.user_id.id,
            company_id=lambda appeal: appeal.company_id.id,
        )
