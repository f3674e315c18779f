# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import RegulatedOne2many, engine, is_engine

#: priorities of opportunities whose customers are contacted at any time
_URGENT = ("2", "3")
#: what may not move once a visit is over
_TIMES = frozenset(
    {"start", "stop", "start_date", "stop_date", "duration", "allday", "active", "user_id"}
)


class CalendarEvent(models.Model):
    """A visit to a customer: an event whose planned end starts the clock of its record (C10).

    The planned end is kept from the moment on which the event is made; moving it has to
    happen before it has come, and is on record. A cancelled visit is no visit.
    """

    _name = "calendar.event"
    _inherit = ["calendar.event", "regulation.covered", "regulation.stock.sealed"]

    _regulation_owner_fields = ("user_id",)
    _stock_sealed_fields = frozenset(
        {"visit_company_id", "visit_state", "visit_end", "visit_planned", "visit_urgent"}
    )

    visit_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer visited",
        index="btree_not_null",
        ondelete="restrict",
        help="Makes the event a visit to this customer, to be recorded when it is over.",
    )
    visit_company_id = fields.Many2one(
        comodel_name="res.company",
        string="Company of the Visit",
        readonly=True,
        copy=False,
        help="Whose regulation holds for the visit.",
    )
    visit_purpose = fields.Char(string="Purpose of the Visit")
    visit_appointment = fields.Boolean(
        string="Agreed with the Customer", help="The customer has confirmed the appointment."
    )
    visit_state = fields.Selection(
        selection=[
            ("planned", "To visit and to record"),
            ("done", "Recorded"),
            ("not_held", "Did not take place"),
            ("cancelled", "Cancelled"),
        ],
        string="Visit",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    visit_end = fields.Datetime(
        string="Planned End",
        readonly=True,
        copy=False,
        help="From which the time for the record counts.",
    )
    visit_planned = fields.Boolean(
        string="In the Visit Plan",
        readonly=True,
        copy=False,
        help="It came from a visit plan; a visit without plan is possible, and marked so.",
    )
    visit_urgent = fields.Boolean(
        string="Urgent",
        readonly=True,
        copy=False,
        help="About an opportunity of high priority when it was made: such customers are visited"
        " at any time, with or without plan.",
    )
    visit_contact_ids = RegulatedOne2many(
        comodel_name="sales.contact", inverse_name="event_id", string="Visit Records"
    )
    visit_due_at = fields.Datetime(
        string="Record due", compute="_compute_visit_due_at", compute_sudo=True
    )
    visit_over = fields.Boolean(compute="_compute_visit_over")

    # === COMPUTE METHODS === #

    @api.depends("visit_state", "visit_end")
    def _compute_visit_due_at(self):
        self.visit_due_at = False
        visits = self.filtered("visit_state")
        if not visits or not self.env["regulation.profile"]._regulated_companies():
            return
        rows = self.env["regulation.deadline"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", visits.ids),
                ("code", "=", "visit_record"),
                ("state", "!=", "cancelled"),
            ]
        )
        due = {row.res_id: row.due_at for row in rows}
        for visit in visits:
            visit.visit_due_at = due.get(visit._origin.id)

    @api.depends("visit_end")
    def _compute_visit_over(self):
        now = fields.Datetime.now()
        for event in self:
            event.visit_over = bool(event.visit_end and event.visit_end <= now)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env["regulation.profile"]._regulated_companies() or is_engine(self.env):
            return super().create(vals_list)
        for vals in vals_list:
            self._check_stock_sealed(vals)
        events = super().create(vals_list)
        events._begin_visits()
        return events

    def write(self, vals):
        if not self.env["regulation.profile"]._regulated_companies() or is_engine(self.env):
            return super().write(vals)
        self._check_stock_sealed(vals)
        visits = self.filtered("visit_state")
        visits._check_visit_change(vals)
        before = {visit: (visit.visit_end, visit.user_id) for visit in visits}
        result = super().write(vals)
        # Writing a series replaces its events
        self.exists()._begin_visits()
        visits._follow_change(before)
        return result

    def unlink(self):
        if self and self.env["regulation.profile"]._regulated_companies():
            visits = self.filtered("visit_state")
            visits._check_visit_change(dict.fromkeys(("active",)))
            visits._cancel_visits()
        return super().unlink()

    # === ACTION METHODS === #

    def action_cancel_visit(self):
        """The visit will not take place. Only before its planned end; on record."""
        self.check_access("write")
        visits = self.filtered("visit_state")
        visits._check_visit_change({"active": False})
        visits.active = False

    def action_record_visit(self):
        """Open the record of the visit, a new one if there is none."""
        self.ensure_one()
        record = self.sudo().visit_contact_ids.filtered(
            lambda row: row.quantity > 0 and row.state != "corrected"
        )[:1]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Visit Record"),
            "res_model": "sales.contact",
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_event_id": self.id,
                "default_channel": "visit",
                "default_partner_id": self.visit_partner_id.id,
                "default_user_id": self.user_id.id,
                "default_company_id": self.visit_company_id.id,
                "default_lead_id": self.opportunity_id.id,
                "default_happened_at": self.visit_end,
            },
        }

    # === THE VISIT === #

    def _regulation_company(self):
        return self.visit_company_id or self.env.company

    def _begin_visits(self):
        """Events that name a customer are visits from now on; their clock has its start."""
        new = self.filtered(
            lambda event: event.active and event.visit_partner_id and not event.visit_state
        )
        if not new:
            return
        regulated = self.env["regulation.profile"]._regulated_companies()
        begun = self.browse()
        for event in new:
            company = event.sudo().visit_partner_id.company_id or self.env.company
            if company.id not in regulated:
                continue
            event._check_visit_shape()
            engine(event.sudo()).write(
                {
                    "visit_company_id": company.id,
                    "visit_state": "planned",
                    "visit_end": event.stop,
                    "visit_urgent": event.sudo().opportunity_id.priority in _URGENT,
                    **({} if event.user_id else {"user_id": self.env.uid}),
                }
            )
            begun |= event
        # Its clock runs against whose it is: a visit of yesterday would be late at once
        begun._check_visit_person()
        begun._start_visit_clock()

    def _start_visit_clock(self):
        self.env["regulation.deadline"]._start(
            self,
            "visit_record",
            start=lambda event: event.visit_end,
            user=lambda event: event.user_id,
        )

    def _check_visit_shape(self):
        """A visit has an hour, and is one of its own: its time limit counts from its end."""
        self.ensure_one()
        if self.allday:
            raise UserError(
                self.env._("%s: a visit has a beginning and an end, not a whole day.", self.name)
            )
        if self.recurrency or self.recurrence_id:
            raise UserError(
                self.env._(
                    "%s: each visit is planned by itself, it does not repeat. Let the visit plan"
                    " propose them.",
                    self.name,
                )
            )
        company = self.sudo().visit_partner_id.company_id
        if company and company not in (self.user_id or self.env.user).sudo().company_ids:
            raise UserError(
                self.env._("%s: the customer belongs to another company.", self.name)
            )

    def _check_visit_change(self, vals):
        """Raise UserError if what was planned is over, or would be no visit any more."""
        if "visit_partner_id" in vals:
            for visit in self:
                if visit.visit_partner_id.id != vals["visit_partner_id"]:
                    raise UserError(
                        self.env._(
                            "%s: the customer of a visit stays. Cancel it and plan another.",
                            visit.name,
                        )
                    )
        if vals.get("recurrency") or vals.get("allday"):
            for visit in self:
                raise UserError(
                    self.env._(
                        "%s: a visit has an hour of its own and does not repeat.", visit.name
                    )
                )
        if not _TIMES.intersection(vals):
            return
        self._check_visit_person()
        now = fields.Datetime.now()
        for visit in self:
            if visit.visit_state != "planned" or visit.visit_end <= now:
                raise UserError(
                    self.env._(
                        "%s is over: its time, its person and the event stay as they are. What"
                        " happened goes into the record of the visit.",
                        visit.name,
                    )
                )

    def _check_visit_person(self):
        """A visit is planned, moved or cancelled by whose it is, his delegate or who leads him.

        Whoever has no superior on record is led by every manager of the regulation.
        """
        if self.env.su:
            return
        me = self.env.user
        others = self.sudo().filtered(lambda visit: visit.user_id != me)
        principals = self.env["regulation.delegation"]._principals_of(me) if others else ()
        others = others.filtered(lambda visit: visit.user_id.id not in principals)
        if others:
            led = me._regulation_people_led()
            others = others.filtered(lambda visit: visit.user_id not in led)
        if others:
            directed = me._regulation_companies_directed()
            others = others.filtered(lambda visit: visit.visit_company_id not in directed)
        if others and me.has_group("sales_regulation.group_regulation_manager"):
            lone = others.user_id._regulation_led_by_nobody()
            others = others.filtered(lambda visit: visit.user_id not in lone)
        if others:
            raise AccessError(
                self.env._(
                    "Visits of a colleague are planned, moved or cancelled by him or his manager."
                )
            )

    def _follow_change(self, before):
        """Keep the new plan, start the clock anew, and put it on record."""
        visits = self.exists()
        visits.filtered(lambda visit: not visit.active)._cancel_visits()
        moved = visits.filtered(
            lambda visit: visit.active and (visit.stop, visit.user_id) != before[visit]
        )
        if not moved:
            return
        moved._check_visit_person()
        for visit in moved:
            visit._check_visit_shape()
            engine(visit.sudo()).visit_end = visit.stop
        self.env["regulation.deadline"]._cancel(moved, "visit_record")
        moved._start_visit_clock()
        self._record_visits("visit_moved", moved)

    def _cancel_visits(self):
        planned = self.filtered(lambda visit: visit.visit_state == "planned")
        if not planned:
            return
        engine(planned.sudo()).write({"visit_state": "cancelled"})
        self.env["regulation.deadline"]._cancel(planned, "visit_record")
        self._record_visits("visit_cancelled", planned)

    def _record_visits(self, event, visits):
        self.env["regulation.register"]._record(
            event,
            visits,
            subject_id=lambda visit: visit.user_id.id,
            company_id=lambda visit: visit.visit_company_id.id,
        )
