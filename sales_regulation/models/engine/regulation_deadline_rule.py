# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools.date_utils import float_to_time

from ...tools import WorkDays


class RegulationDeadlineRule(models.Model):
    """How long something may take, in the unit that the regulation uses.

    The units are distinct on purpose: "24 hours", "one day" and "one working day" fall on
    three moments. Several rules of the same code concern the same step: the stricter counts.
    """

    _name = "regulation.deadline.rule"
    _description = "Deadline Rule"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _cutoff = models.Constraint(
        "CHECK(cutoff_hour >= 0 AND cutoff_hour < 24)", "A cut-off time is between 0:00 and 23:59."
    )

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, help="By which the documents start and end it.")
    name = fields.Char(required=True, translate=True)
    unit = fields.Selection(
        selection=[
            ("hours", "Elapsed hours"),
            ("working_days", "Working days"),
            ("calendar_days", "Calendar days"),
            ("cutoff", "Cut-off time"),
            ("same_day", "Same day"),
            ("promptly", "Promptly"),
        ],
        default="working_days",
        required=True,
        help="Working days: the start day does not count, due at the end of work of the n-th"
        " working day of the company's calendar; a start on a day off counts from the next"
        " working day.\nPromptly: the hours that the regulation means by it (及时).",
    )
    value = fields.Float(
        string="Duration",
        default=1.0,
        help="Hours or days. Negative days: so many before the start"
        " (ten days before the month: -10).",
    )
    cutoff_hour = fields.Float(string="Cut-off", default=9.0, help="Time of day.")
    cutoff_day = fields.Selection(
        selection=[
            ("same", "The same day"),
            ("next", "The next day"),
            ("next_working", "The next working day"),
        ],
        default="next_working",
        required=True,
        help="On the same day, a start after the cut-off counts for the next day.",
    )
    day_end = fields.Selection(
        selection=[
            ("midnight", "End of the day"),
            ("work", "End of working hours"),
            ("same_time", "The time of day it began"),
        ],
        string="Due at",
        default="midnight",
        required=True,
        help="When on its last day a deadline in calendar days, or of the same day, ends.",
    )
    roll = fields.Selection(
        selection=[
            ("none", "Stays"),
            ("next", "Moves to the next working day"),
            ("previous", "Moves to the previous working day"),
        ],
        string="On a Day off",
        default="none",
        required=True,
    )
    warn_before = fields.Float(
        string="Warn before (hours)", help="Hours before it is due. 0: no warning."
    )
    escalate_to = fields.Selection(
        selection=[("nobody", "Nobody"), ("superior", "The superior"), ("role", "A role")],
        string="Escalated to",
        default="superior",
        required=True,
        help="Who gets a task when it is overdue.",
    )
    escalation_role_id = fields.Many2one(comodel_name="regulation.role", ondelete="restrict")
    clause_codes = fields.Char(
        string="Clauses", help="Codes of the clauses it carries out, comma separated."
    )
    duration = fields.Char(string="How Long", compute="_compute_duration")

    # === COMPUTE METHODS === #

    @api.depends("unit", "value", "cutoff_hour", "cutoff_day", "profile_id.promptly_hours")
    def _compute_duration(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("unit", "cutoff_day")
        }
        for rule in self:
            unit = labels["unit"].get(rule.unit, "")
            if rule.unit in ("hours", "working_days", "calendar_days"):
                rule.duration = f"{rule.value:g} {unit}"
            elif rule.unit == "cutoff":
                clock = float_to_time(rule.cutoff_hour).strftime("%H:%M")
                rule.duration = f"{clock}, {labels['cutoff_day'].get(rule.cutoff_day, '')}"
            elif rule.unit == "promptly":
                rule.duration = f"{unit} ({rule.profile_id.promptly_hours:g} h)"
            else:
                rule.duration = unit

    # === CONSTRAINT METHODS === #

    @api.constrains("unit", "value")
    def _check_value(self):
        for rule in self:
            if rule.unit == "hours" and rule.value <= 0:
                raise ValidationError(
                    self.env._("%s: the number of hours is above 0.", rule.name)
                )
            if rule.unit in ("working_days", "calendar_days") and not float(rule.value).is_integer():
                raise ValidationError(self.env._("%s: days are whole days.", rule.name))

    @api.constrains("escalate_to", "escalation_role_id")
    def _check_escalation(self):
        for rule in self:
            if rule.escalate_to == "role" and not rule.escalation_role_id:
                raise ValidationError(self.env._("%s: escalated to which role?", rule.name))

    # === BUSINESS METHODS === #

    @api.model
    def _with_code(self, profile_ids, code):
        """The rules of this code in these profiles; no query once cached."""
        ids = [rule for profile in profile_ids for rule in self._ids_by_code(profile).get(code, ())]
        return self.sudo().browse(ids)

    @api.model
    @tools.ormcache("profile_id", cache="stable")
    def _ids_by_code(self, profile_id):
        found = {}
        for rule in self.sudo().search([("profile_id", "=", profile_id)]):
            found.setdefault(rule.code, []).append(rule.id)
        return {code: tuple(ids) for code, ids in found.items()}

    def _due(self, start, workdays):
        """When it is due, counted from ``start``.

        :param datetime start: naive UTC
        :param WorkDays workdays: of the company concerned
        :return: naive UTC
        """
        self.ensure_one()
        local = pytz.utc.localize(start).astimezone(workdays.tz)
        due = getattr(self, f"_due_{self.unit}")(local, workdays)
        due = self._rolled(due, workdays)
        return due.astimezone(pytz.utc).replace(tzinfo=None)

    def _due_hours(self, start, workdays):
        return (start.astimezone(pytz.utc) + timedelta(hours=self.value)).astimezone(workdays.tz)

    def _due_promptly(self, start, workdays):
        hours = timedelta(hours=self.profile_id.promptly_hours)
        return (start.astimezone(pytz.utc) + hours).astimezone(workdays.tz)

    def _due_working_days(self, start, workdays):
        return workdays.end(workdays.add(start.date(), int(self.value)))

    def _due_calendar_days(self, start, workdays):
        return self._on_day(start.date() + timedelta(days=int(self.value)), start, workdays)

    def _due_same_day(self, start, workdays):
        return self._on_day(start.date(), start, workdays)

    def _due_cutoff(self, start, workdays):
        day = start.date()
        if self.cutoff_day == "next":
            day += timedelta(days=1)
        elif self.cutoff_day == "next_working":
            day = workdays.roll(day + timedelta(days=1), 1)
        due = self._at(day, workdays)
        if due < start:
            due = self._at(day + timedelta(days=1), workdays)
        return due

    def _at(self, day, workdays):
        return workdays.tz.localize(datetime.combine(day, float_to_time(self.cutoff_hour)))

    def _on_day(self, day, start, workdays):
        if self.day_end == "work" and workdays.is_working(day):
            return workdays.end(day)
        if self.day_end == "same_time" and self.unit != "same_day":
            return workdays.tz.localize(datetime.combine(day, start.time()))
        return workdays.midnight(day)

    def _rolled(self, due, workdays):
        day = due.date()
        if self.roll == "none" or workdays.is_working(day):
            return due
        day = workdays.roll(day, 1 if self.roll == "next" else -1)
        if self.unit in ("calendar_days", "same_day"):
            return self._on_day(day, due, workdays)
        return workdays.tz.localize(datetime.combine(day, due.time()))

    def _stricter(self, start, workdays):
        """``(due, rule)`` of the rule that falls due first."""
        return min(((rule._due(start, workdays), rule) for rule in self), key=lambda pair: pair[0])

    @api.model
    def _workdays(self, company):
        """The working days of a company, to be handed to ``_due`` many times."""
        return WorkDays(company)
