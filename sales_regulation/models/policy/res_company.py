# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime

import pytz

from odoo import fields, models, tools


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        if "resource_calendar_id" in vals:
            self.env.registry.clear_cache("stable")
        return super().write(vals)

    def _regulation_tz(self):
        """Time zone in which this company counts days: its working calendar's."""
        self.ensure_one()
        return pytz.timezone(self._regulation_calendar_tz() or self.partner_id.tz or "UTC")

    @tools.ormcache("self.id", cache="stable")
    def _regulation_calendar_tz(self):
        return self.sudo().resource_calendar_id.tz

    def _regulation_today(self):
        """Today's date where the company is."""
        self.ensure_one()
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(self._regulation_tz()).date()

    def _regulation_days(self):
        """``{company id: today's date where it is}``."""
        return {company.id: company._regulation_today() for company in self}

    def _regulation_local(self, moment):
        """``moment`` (naive UTC, as stored) as an aware datetime where the company is."""
        self.ensure_one()
        return pytz.utc.localize(moment).astimezone(self._regulation_tz())

    def _regulation_utc(self, day, time):
        """The stored moment of a wall clock time of the company."""
        self.ensure_one()
        local = self._regulation_tz().localize(datetime.combine(day, time))
        return local.astimezone(pytz.utc).replace(tzinfo=None)
