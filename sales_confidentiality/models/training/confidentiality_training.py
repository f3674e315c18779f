# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_regulation.tools import engine

COURSES = [
    ("entry", "Entry course"),
    ("refresher", "Refresher"),
    ("awareness", "Information security awareness"),
]


class ConfidentialityTraining(models.Model):
    """A course of the yearly education plan on secrecy and information security (C54).

    Planned for a day, held with a list of who was there. The rows of a plan year make up the
    education plan (S4-056).
    """

    _name = "confidentiality.training"
    _description = "Confidentiality Training"
    _inherit = ["regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "held_by_id", "held_at"})
    #: what was taught when, fixed once it was held
    _held_fields = frozenset({"name", "kind", "date", "company_id", "content", "hours"})

    name = fields.Char(string="Course", required=True)
    kind = fields.Selection(selection=COURSES, required=True, default="refresher")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    year = fields.Char(
        string="Plan Year", compute="_compute_year", store=True, index=True, size=4
    )
    hours = fields.Float(default=1.0)
    mode = fields.Selection(
        selection=[("room", "In the room"), ("online", "Online"), ("self", "Self-study")],
        default="room",
        required=True,
    )
    trainer_id = fields.Many2one(
        comodel_name="res.users", string="Trainer", domain="[('share', '=', False)]"
    )
    content = fields.Html(help="What is taught.")
    attendance_ids = fields.One2many(
        comodel_name="confidentiality.attendance", inverse_name="training_id", string="People"
    )
    invited_count = fields.Integer(string="Invited", compute="_compute_counts")
    attended_count = fields.Integer(string="Attended", compute="_compute_counts")
    attended_share = fields.Float(
        string="Attendance (%)", compute="_compute_counts", digits=(16, 2)
    )
    state = fields.Selection(
        selection=[("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")],
        string="Status",
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    held_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    held_at = fields.Datetime(readonly=True, copy=False)

    _hours = models.Constraint("CHECK(hours >= 0)", "The hours of a course are 0 or more.")

    # === COMPUTE METHODS === #

    @api.depends("date")
    def _compute_year(self):
        for training in self:
            training.year = str(training.date.year) if training.date else False

    @api.depends("attendance_ids.state")
    def _compute_counts(self):
        counts = {}
        for training, state, count in self.env["confidentiality.attendance"]._read_group(
            [("training_id", "in", self.ids)], ["training_id", "state"], ["__count"]
        ):
            counts.setdefault(training.id, {})[state] = count
        for training in self:
            mine = counts.get(training._origin.id, {})
            training.invited_count = sum(mine.values())
            training.attended_count = mine.get("attended", 0)
            training.attended_share = (
                100 * training.attended_count / training.invited_count
                if training.invited_count
                else 0.0
            )

    # === CRUD METHODS === #

    def write(self, vals):
        if self._held_fields & set(vals) and any(row.state != "planned" for row in self):
            raise UserError(self.env._("A course that was held or cancelled is not edited."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        if any(training.state == "held" for training in self):
            raise UserError(self.env._("A course that was held stays on record."))

    # === ACTION METHODS === #

    def action_invite_covered(self):
        """Put everybody whom the regulation covers on the list; newcomers for the entry course."""
        self.check_access("write")
        Attendance = self.env["confidentiality.attendance"]
        for training in self:
            training._check_planned()
            users = Attendance._covered(training.company_id)
            if training.kind == "entry":
                users -= Attendance._introduced(users, training.company_id)
            Attendance._invite(training, users)

    def action_hold(self):
        """The course took place: who is marked as attended was there, the others were not.

        (S4-009, S4-027, S4-028)
        """
        self.check_access("write")
        for training in self:
            training._check_planned()
            if training.date > training.company_id._regulation_today():
                raise UserError(
                    self.env._("%s has not taken place yet.", training.display_name)
                )
            if not training.attendance_ids:
                raise UserError(self.env._("Nobody is on the list of %s.", training.display_name))
        engine(self.sudo()).write(
            {
                "state": "held",
                "held_by_id": self.env.uid,
                "held_at": fields.Datetime.now(),
            }
        )
        self.attendance_ids._conclude()

    def action_cancel(self):
        """The course does not take place; who has to attend one still has to."""
        self.check_access("write")
        for training in self:
            training._check_planned()
        engine(self.sudo()).write({"state": "cancelled"})
        self.attendance_ids._back_to_due()

    # === BUSINESS METHODS === #

    def _check_planned(self):
        self.ensure_one()
        if self.state != "planned":
            raise UserError(self.env._("%s is held or cancelled.", self.display_name))
