# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_regulation.models.engine.regulation_punctual import PUNCTUAL_FIELDS
from odoo.addons.sales_regulation.tools import engine

DUTY = "secrecy_inspection"
#: what an inspection says; fixed when it is handed in, but for a summary of the follow-up
_FIXED = frozenset({"inspected_on", "department_id", "team_id", "company_id", "people_ids"})
_WRITTEN = _FIXED | {"user_id", "summary"}


class ConfidentialityInspection(models.Model):
    """A manager checks how secrecy is kept, by a checklist, and follows up what he finds (S4-040).

    How often is the duty ``secrecy_inspection`` of the regulation, what is looked at its
    checklist of the same name. Handing it in ends the duty of the period, late or in time.
    """

    _name = "confidentiality.inspection"
    _description = "Secrecy Inspection"
    _inherit = [
        "regulation.checked",
        "regulation.punctual",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "inspected_on desc, id desc"
    _check_company_auto = True

    _sealed_fields = PUNCTUAL_FIELDS | frozenset({"state"})

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Inspected by",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department", index="btree_not_null", check_company=True
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        index="btree_not_null",
        check_company=True,
        default=lambda self: self.env.user._regulation_teams_led()[:1],
    )
    inspected_on = fields.Date(
        string="Day", required=True, default=fields.Date.context_today, index=True
    )
    people_ids = fields.Many2many(
        comodel_name="res.users",
        string="People Concerned",
        domain="[('share', '=', False)]",
        help="Whose file names the inspection.",
    )
    summary = fields.Text()
    finding_ids = fields.One2many(
        comodel_name="confidentiality.inspection.finding",
        inverse_name="inspection_id",
        string="Findings",
    )
    open_findings = fields.Integer(compute="_compute_findings", string="Open Findings")
    late_findings = fields.Integer(compute="_compute_findings", string="Overdue Findings")
    state = fields.Selection(
        selection=[
            ("draft", "Being done"),
            ("follow_up", "Follow-up"),
            ("closed", "Closed"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )

    # === COMPUTE METHODS === #

    @api.depends("inspected_on", "department_id", "team_id")
    def _compute_display_name(self):
        for inspection in self:
            place = inspection.department_id.name or inspection.team_id.name or ""
            inspection.display_name = f"{inspection.inspected_on or ''} {place}".strip()

    @api.depends("finding_ids.state", "finding_ids.due_on")
    def _compute_findings(self):
        today = fields.Date.context_today(self)
        Finding = self.env["confidentiality.inspection.finding"]
        running = [("inspection_id", "in", self.ids), ("state", "!=", "verified")]
        numbers = dict(Finding._read_group(running, ["inspection_id"], ["__count"]))
        late = dict(
            Finding._read_group(
                [*running, ("state", "=", "open"), ("due_on", "<", today)],
                ["inspection_id"],
                ["__count"],
            )
        )
        for inspection in self:
            inspection.open_findings = numbers.get(inspection._origin, 0)
            inspection.late_findings = late.get(inspection._origin, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        inspections = super().create(vals_list)
        if not self.env.su and any(one.user_id != self.env.user for one in inspections):
            raise AccessError(self.env._("Everybody hands in his own inspections."))
        return inspections

    def write(self, vals):
        if not self.env.su and _WRITTEN & set(vals):
            # Who has to correct something reads the inspection; it is written by who inspects
            self._check_inspector()
            if "user_id" in vals:
                raise AccessError(self.env._("Everybody hands in his own inspections."))
            if _FIXED & set(vals) and any(one.state != "draft" for one in self):
                raise UserError(self.env._("An inspection that was handed in stays as it is."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        if any(one.state != "draft" for one in self):
            raise UserError(self.env._("An inspection that was handed in is kept."))
        self._check_inspector()

    def _check_inspector(self):
        if not self.env.su and any(one.user_id != self.env.user for one in self):
            raise AccessError(
                self.env._(
                    "An inspection is written by who inspects: %s",
                    ", ".join(self.user_id.mapped("name")),
                )
            )

    # === ACTION METHODS === #

    def action_hand_in(self):
        """Hand the inspection in: every required item was looked at (S4-040).

        :raise UserError: naming the items that are missing
        """
        self.check_access("write")
        for inspection in self:
            if inspection.user_id != self.env.user:
                raise AccessError(self.env._("Everybody hands in his own inspections."))
            if inspection.state != "draft":
                raise UserError(self.env._("It was handed in already."))
            if inspection.inspected_on > inspection.company_id._regulation_today():
                raise UserError(self.env._("An inspection is handed in when it was done."))
        self._checklist_require(DUTY)
        # A duty lies on each team, or on each person
        now = fields.Datetime.now()
        whom = {"user": lambda one: one.user_id, "day": lambda one: one.inspected_on}
        with_team = self.filtered("team_id")
        with_team._note_punctual(DUTY, now, subject=lambda one: one.team_id, **whom)
        (self - with_team)._note_punctual(DUTY, now, **whom)
        self.env["regulation.duty"]._close(
            with_team.filtered(lambda one: not one.due_at), DUTY, at=now, **whom
        )
        for inspection in self:
            running = inspection.finding_ids.filtered(lambda one: one.state != "verified")
            engine(inspection.sudo()).write({"state": "follow_up" if running else "closed"})
        self.finding_ids.sudo()._tell_responsible()
        return True

    # === CHECKLIST === #

    def _checklist_kinds(self):
        return {DUTY: self}

    def _follow_up(self):
        """Closed with its last finding, open again with a new one."""
        for inspection in self.sudo().filtered(lambda one: one.state != "draft"):
            running = inspection.finding_ids.filtered(lambda one: one.state != "verified")
            engine(inspection).write({"state": "follow_up" if running else "closed"})
