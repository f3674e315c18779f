# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_regulation.tools import engine, is_engine


class KpiDevelopmentPlan(models.Model):
    """What a person and his superior agree on after the score: goal, measures, review (C44)."""

    _name = "kpi.development.plan"
    _description = "Improvement Plan of a Person"
    _inherit = ["regulation.sealed", "regulation.protected", "mail.thread", "mail.activity.mixin"]
    _order = "review_on desc, id desc"
    _rec_name = "goal"

    _sealed_fields = frozenset({"state", "person_agreed_at", "superior_agreed_at", "superior_id"})
    _agreed_fields = frozenset({"sheet_id", "goal", "measures", "support", "review_on"})

    sheet_id = fields.Many2one(
        comodel_name="kpi.sheet", string="Score", required=True, ondelete="restrict", index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        compute="_compute_user_id",
        store=True,
        index=True,
        help="Whose improvement it is; of a unit who leads it.",
    )
    company_id = fields.Many2one(related="sheet_id.company_id", store=True, index=True)
    goal = fields.Char(required=True, help="What is to get better, so that it can be seen.")
    measures = fields.Text(help="What the person does for it.")
    support = fields.Text(string="Support", help="Who helps him, and with what.")
    review_on = fields.Date(string="Review on", required=True)
    person_agreed_at = fields.Datetime(string="Agreed by the Person", readonly=True, copy=False)
    superior_agreed_at = fields.Datetime(string="Agreed by the Superior", readonly=True, copy=False)
    superior_id = fields.Many2one(
        comodel_name="res.users", string="Superior", readonly=True, copy=False, ondelete="restrict"
    )
    state = fields.Selection(
        selection=[("draft", "To agree on"), ("agreed", "Agreed"), ("done", "Reviewed")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    result = fields.Text(help="What the review showed.")

    @api.depends("sheet_id")
    def _compute_user_id(self):
        for plan in self:
            plan.user_id = plan.sheet_id._speaker()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        for plan in plans.sudo(False):
            # Whose sheet one may read, one may plan with
            plan.sheet_id.check_access("read")
        plans.filtered("result")._check_reviewer()
        return plans

    def write(self, vals):
        if self._agreed_fields.intersection(vals) and any(
            plan.person_agreed_at or plan.superior_agreed_at for plan in self
        ):
            raise UserError(
                self.env._("What somebody has agreed on stays: make another plan instead.")
            )
        if "result" in vals and not is_engine(self.env):
            if any(plan.state == "done" for plan in self):
                raise UserError(self.env._("What the review showed stays."))
            self._check_reviewer()
        return super().write(vals)

    def _check_reviewer(self):
        """Raise AccessError unless a superior of the person reviews these plans."""
        if not self.env.su and any(
            self.env.user not in plan.sheet_id.sudo().viewer_ids for plan in self
        ):
            raise AccessError(self.env._("A plan is reviewed by a superior of the person."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        if any(plan.person_agreed_at or plan.superior_agreed_at for plan in self):
            raise UserError(self.env._("What somebody has agreed on is kept."))

    # === ACTION METHODS === #

    def action_agree(self):
        """Agree, as the person or as one of his superiors; agreed when both have.

        :raise AccessError: for anybody else
        :raise UserError: if both have agreed already
        """
        self.check_access("read")
        for plan in self:
            if plan.state != "draft":
                raise UserError(self.env._("%s was agreed on already.", plan.goal))
            sheet = plan.sheet_id.sudo()
            now = fields.Datetime.now()
            if plan.user_id == self.env.user:
                values = {"person_agreed_at": now}
            elif self.env.user in sheet.viewer_ids:
                values = {"superior_agreed_at": now, "superior_id": self.env.uid}
            else:
                raise AccessError(
                    self.env._("A plan is agreed on by the person and by his superior.")
                )
            sealed = engine(plan.sudo())
            sealed.write(values)
            if plan.person_agreed_at and plan.superior_agreed_at:
                sealed.write({"state": "agreed"})
        return True

    def action_reviewed(self):
        """The superior has reviewed it; the result says how."""
        self.check_access("write")
        for plan in self:
            if plan.state != "agreed" or not (plan.result or "").strip():
                raise UserError(
                    self.env._("A plan that was agreed on is reviewed with a result.")
                )
        self._check_reviewer()
        engine(self.sudo()).write({"state": "done"})
        return True
