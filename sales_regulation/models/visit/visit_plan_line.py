# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...tools import engine, is_engine


class VisitPlanLine(models.Model):
    """One visit of a plan: whom, when, what for."""

    _name = "visit.plan.line"
    _description = "Planned Visit"
    _inherit = ["regulation.approvable.line", "regulation.sealed"]
    _order = "start, id"
    _check_company_auto = True

    _sealed_fields = frozenset({"event_id", "ended_on"})
    _approval_document_field = "plan_id"
    _approval_content_fields = ("partner_id", "start", "duration", "purpose", "content")

    _duration_positive = models.Constraint("CHECK(duration > 0)", "A visit takes some time.")

    plan_id = fields.Many2one(
        comodel_name="visit.plan", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    user_id = fields.Many2one(related="plan_id.user_id", store=True, index=True)
    plan_state = fields.Selection(related="plan_id.state", string="Status of the Plan")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        check_company=True,
        ondelete="restrict",
        index=True,
    )
    start = fields.Datetime(string="Time", required=True, index=True)
    duration = fields.Float(string="Hours", default=1.0, required=True)
    purpose = fields.Char()
    content = fields.Text(string="What It Is about")
    appointment = fields.Boolean(
        string="Agreed with the Customer", help="The customer has confirmed the appointment."
    )
    event_id = fields.Many2one(
        comodel_name="calendar.event",
        string="Calendar Event",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    visit_state = fields.Selection(related="event_id.visit_state")
    ended_on = fields.Date(
        readonly=True,
        copy=False,
        help="The customer belongs to somebody else since then: the visit is not asked for.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "start")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.partner_id.name or ''} {line.start or ''}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.plan_id._check_open()
        return lines

    def write(self, vals):
        agreed = set(vals) == {"appointment"}
        if not is_engine(self.env) and not agreed:
            self.plan_id._check_open()
            self._check_not_over()
            if "plan_id" in vals and any(line.plan_id.id != vals["plan_id"] for line in self):
                raise UserError(self.env._("A visit stays in its plan: take it out of it."))
        result = super().write(vals)
        if not is_engine(self.env):
            if not agreed:
                self.plan_id._check_open()
            elif events := self.event_id:
                # What the plan says is agreed is agreed in the calendar
                events.sudo().write({"visit_appointment": vals["appointment"]})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        self.plan_id._check_open()
        self._check_not_over()
        # Whoever takes it out of the plan cancels it
        self.event_id.filtered("active").sudo().write({"active": False})

    def _check_not_over(self):
        for line in self:
            event = line.event_id.sudo()
            if event.visit_state and event.visit_state != "planned" or event.visit_over:
                raise UserError(
                    self.env._(
                        "%s is over or cancelled: it stays in the plan as it was.",
                        line.display_name,
                    )
                )

    # === CHANGE OF OWNER === #

    @api.model
    def _leave(self, partners, users):
        """These customers have left the hands of ``users``: visits they still have planned end.

        Constant number of queries; those of others, such as a manager, stay.
        """
        if not partners or not self.env["regulation.profile"]._regulated_companies():
            return self.browse()
        lines = self.sudo().search(
            [
                ("partner_id", "child_of", partners.ids),
                ("user_id", "in", users.ids),
                ("start", ">", fields.Datetime.now()),
                ("ended_on", "=", False),
                ("plan_id.state", "!=", "closed"),
            ]
        )
        for company, group in lines.grouped("company_id").items():
            engine(group).write({"ended_on": company._regulation_today()})
        events = lines.event_id.filtered(
            lambda event: event.active and event.visit_state == "planned" and not event.visit_over
        )
        engine(events).write({"active": False})
        events._cancel_visits()
        return lines

    # === INTO THE CALENDAR === #

    def _write_events(self):
        """Make or update the events of these lines; what has passed meanwhile stays out.

        As superuser, in the name of the person who plans.
        """
        now = fields.Datetime.now()
        ahead = self.filtered(
            lambda line: not line.ended_on and line.start + timedelta(hours=line.duration) > now
        )
        changes = {}
        for line in ahead.filtered("event_id"):
            values = line._prepare_event()
            event = line.event_id
            if event.visit_state == "planned" and not event.visit_over:
                changed = tuple(
                    (name, values[name])
                    for name in ("start", "stop", "visit_purpose", "visit_appointment")
                    if event[name] != values[name]
                )
                changes[changed] = changes.get(changed, event.browse()) | event
        for changed, events in changes.items():
            if changed:
                events.write(dict(changed))
        new = ahead.filtered(lambda line: not line.event_id)
        events = (
            self.env["calendar.event"]
            .with_context(dont_notify=True, no_mail_to_attendees=True)
            .create([line._prepare_event() for line in new])
        )
        engine(events).write({"visit_planned": True})
        for line, event in zip(new, events, strict=True):
            engine(line).event_id = event

    def _prepare_event(self):
        self.ensure_one()
        return {
            "name": self.purpose,
            "start": self.start,
            "stop": self.start + timedelta(hours=self.duration),
            "user_id": self.user_id.id,
            "partner_ids": [Command.set(self.user_id.partner_id.ids)],
            "description": self.content or False,
            "visit_partner_id": self.partner_id.id,
            "visit_purpose": self.purpose,
            "visit_appointment": self.appointment,
        }
