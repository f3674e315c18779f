# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_regulation.tools import engine


class ConfidentialityInspectionFinding(models.Model):
    """What an inspection has found, who corrects it until when, and who has seen that (S4-040)."""

    _name = "confidentiality.inspection.finding"
    _description = "Finding of a Secrecy Inspection"
    _inherit = ["regulation.sealed"]
    _order = "due_on, id"

    _sealed_fields = frozenset({"state", "done_on", "verified_by_id", "verified_on"})

    inspection_id = fields.Many2one(
        comodel_name="confidentiality.inspection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="inspection_id.company_id", store=True, index=True)
    inspector_id = fields.Many2one(
        related="inspection_id.user_id", store=True, index=True, string="Inspected by"
    )
    name = fields.Char(string="Finding", required=True)
    severity = fields.Selection(
        selection=[("minor", "Minor"), ("major", "Major"), ("critical", "Critical")],
        default="minor",
        required=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Corrected by",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    action = fields.Text(string="Corrective Action")
    due_on = fields.Date(string="Until", required=True)
    done_on = fields.Date(string="Corrected on", readonly=True, copy=False)
    verified_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    verified_on = fields.Date(readonly=True, copy=False)
    state = fields.Selection(
        selection=[("open", "Open"), ("done", "Corrected"), ("verified", "Verified")],
        string="Status",
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_is_overdue")

    # === COMPUTE METHODS === #

    @api.depends("due_on", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for finding in self:
            finding.is_overdue = bool(
                finding.state == "open" and finding.due_on and finding.due_on < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return [("state", "=", "open"), ("due_on", "<", fields.Date.context_today(self))]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        findings = super().create(vals_list)
        findings._check_inspector()
        handed_in = findings.filtered(lambda one: one.inspection_id.state != "draft")
        handed_in.sudo()._tell_responsible()
        handed_in.inspection_id._follow_up()
        return findings

    def write(self, vals):
        if set(vals) - {"action"} and not (self._sealed_fields & set(vals)):
            self._check_inspector()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        if any(one.inspection_id.state != "draft" for one in self):
            raise UserError(self.env._("A finding that was handed in is kept."))
        self._check_inspector()

    # === ACTION METHODS === #

    def action_done(self):
        """It is corrected; for who had to, with what was done.

        :raise UserError: without a word on what was done
        """
        self.check_access("write")
        for finding in self:
            if finding.user_id != self.env.user:
                raise AccessError(
                    self.env._("%s says when it is corrected.", finding.user_id.name)
                )
            if finding.state != "open":
                raise UserError(self.env._("It was corrected already."))
            if not (finding.action or "").strip():
                raise UserError(self.env._("Say what was done about it."))
        # The day of the company: that of the client's context is what he says it is
        for finding in engine(self.sudo()):
            finding.write({"state": "done", "done_on": finding.company_id._regulation_today()})
        return True

    def action_verify(self):
        """The inspector has seen that it is corrected; not by who has corrected it."""
        today = self.company_id[:1]._regulation_today()
        self._judge("verified", verified_by_id=self.env.uid, verified_on=today)
        return True

    def action_reject(self):
        """It is not corrected: open again."""
        self._judge("open", done_on=False)
        return True

    def _judge(self, state, **values):
        self.check_access("write")
        for finding in self:
            if finding.state != "done":
                raise UserError(self.env._("It is not corrected yet."))
            if finding.user_id == self.env.user:
                raise AccessError(self.env._("Nobody verifies what he has corrected himself."))
        self._check_inspector()
        engine(self.sudo()).write({"state": state, **values})
        self.inspection_id._follow_up()

    # === BUSINESS METHODS === #

    def _check_inspector(self):
        if self.env.su:
            return
        for finding in self:
            if finding.inspection_id.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "Findings are those of who inspects: %s", finding.inspection_id.user_id.name
                    )
                )

    def _tell_responsible(self):
        """A task on the inspection for who has to correct it, due with the finding."""
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        model_id = self.env["ir.model"]._get_id("confidentiality.inspection")
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": finding.inspection_id.id,
                    "activity_type_id": todo.id if todo else False,
                    "user_id": finding.user_id.id,
                    "summary": finding.name,
                    "date_deadline": finding.due_on,
                    "automated": True,
                }
                for finding in self
                if finding.state == "open"
            ]
        )
