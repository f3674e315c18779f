# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import RegulatedOne2many, engine, given_number


class CalendarEvent(models.Model):
    """Check-in on a visit: off unless the regulation says otherwise (decision Check-in)."""

    _inherit = "calendar.event"

    visit_check_in_ids = RegulatedOne2many(
        comodel_name="visit.check.in", inverse_name="event_id", string="Check-ins"
    )
    visit_can_check_in = fields.Boolean(compute="_compute_visit_can_check_in")

    @api.depends("visit_state", "user_id", "start", "visit_check_in_ids")
    @api.depends_context("uid")
    def _compute_visit_can_check_in(self):
        self.visit_can_check_in = False
        mine = self.filtered(
            lambda event: event.visit_state == "planned" and event.user_id == self.env.user
        )
        if not mine:
            return
        policies = mine._regulation_policies()
        for event in mine:
            event.visit_can_check_in = (
                bool(policies[event.id].get("visit_check_in"))
                and event._is_visit_day()
                and not event.visit_check_in_ids
            )

    def _is_visit_day(self):
        self.ensure_one()
        company = self._regulation_company()
        return company._regulation_local(self.start).date() == company._regulation_today()

    def action_check_in(self, latitude, longitude, accuracy=0.0):
        """Record where one is now, at one's own visit of today.

        :param float latitude: degrees, as the browser gives it
        :param float longitude: degrees
        :param float accuracy: metres
        :return: the id of the check-in; False if consent has to be given first
        :raise UserError: if the regulation knows no check-in, or it is not the day of the visit
        """
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user:
            raise AccessError(self.env._("Everybody checks in at his own visits."))
        policy = self._regulation_policies()[self.id]
        if not policy.get("visit_check_in"):
            raise UserError(self.env._("The regulation in force knows no check-in."))
        if self.visit_state != "planned" or not self._is_visit_day():
            raise UserError(self.env._("Check in on the day of the visit, before it is recorded."))
        if self.sudo().visit_check_in_ids:
            raise UserError(self.env._("You have checked in already."))
        latitude, longitude, accuracy = (
            given_number(
                self.env, value, self.env["visit.check.in"]._fields[name]._description_string(self.env)
            )
            for name, value in (
                ("latitude", latitude),
                ("longitude", longitude),
                ("accuracy", accuracy or 0),
            )
        )
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and accuracy >= 0):
            raise UserError(self.env._("This is no place on earth."))
        if not self.env["visit.check.in.consent"]._given(self.env.user):
            return False
        company = self._regulation_company()
        superior = (
            self.env["hr.employee"]
            .sudo()
            .search([("user_id", "=", self.env.uid), ("company_id", "=", company.id)], limit=1)
            .parent_id.user_id
        )
        return (
            engine(self.env["visit.check.in"].sudo())
            .create(
                {
                    "event_id": self.id,
                    "user_id": self.env.uid,
                    "manager_id": superior.id,
                    "company_id": company.id,
                    "at": fields.Datetime.now(),
                    "latitude": latitude,
                    "longitude": longitude,
                    "accuracy": accuracy,
                    "keep_until": company._regulation_today()
                    + timedelta(days=policy.get("visit_place_days", 180)),
                }
            )
            .id
        )
