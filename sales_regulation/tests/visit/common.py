# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, datetime

import pytz
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError

from ..common import RegulationCommon

SHANGHAI = pytz.timezone("Asia/Shanghai")
#: access and validation errors are user errors too
REFUSED = UserError


class VisitCommon(RegulationCommon):
    """March 2026 under a regulation that wants visits recorded within 24 hours.

    Xinghai, Beihe and Nanfeng are A's customers, Dongfang is B's.
    """

    gates = {"contact_complete": "enforce", "contact_follow_up": "enforce"}
    settings = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code, owner in (("xinghai", "a"), ("beihe", "a"), ("nanfeng", "a"), ("dongfang", "b")):
            cls.customers[code].user_id = cls.users[owner]
        cls.cr.execute(
            "UPDATE res_partner SET create_date = '2026-01-01' WHERE id IN %s",
            [tuple(partner.id for partner in cls.customers.values())],
        )
        cls.env["res.partner"].invalidate_model(["create_date"])
        cls.profile = cls._profile(
            gates=cls.gates,
            publish=False,
            date_from=date(2026, 3, 1),
            anchor_monday=date(2026, 3, 2),
            **cls.settings,
        )
        cls._rule("visit_record", unit="hours", value=24)
        cls._rule("contact_record", unit="cutoff", cutoff_hour=9, cutoff_day="next_working")
        cls._prepare_profile()
        with freeze_time("2026-03-01 01:00:00"):
            cls.profile.with_user(cls.users["gm"])._publish("trial")

    @classmethod
    def _prepare_profile(cls):
        """What a class of tests adds before the regulation is published."""

    @classmethod
    def _rule(cls, code, **values):
        return cls.env["regulation.deadline.rule"].create(
            {"profile_id": cls.profile.id, "code": code, "name": code.title(), **values}
        )

    @classmethod
    def utc(cls, moment):
        """A wall clock time of Shanghai as it is stored."""
        local = SHANGHAI.localize(datetime.fromisoformat(moment))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @classmethod
    def at(cls, moment):
        """It is that time in Shanghai."""
        return freeze_time(cls.utc(moment))

    def local(self, moment):
        return pytz.utc.localize(moment).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")

    def contact(self, login="a", customer="xinghai", **values):
        """A contact that says all that the regulation wants, as the person."""
        return (
            self.env["sales.contact"]
            .with_user(self.users[login])
            .create(
                {
                    "partner_id": self.customers[customer].id if customer else False,
                    "channel": "call",
                    "content": "Prices of the next quarter",
                    "feedback": "The labels should be larger",
                    "result": "An offer by Friday",
                    "effect": "3",
                    "next_date": fields.Date.add(fields.Date.today(), days=7),
                    **values,
                }
            )
        )

    def visit(self, start, stop, login="a", customer="xinghai", **values):
        """A visit in the calendar of the person."""
        return (
            self.env["calendar.event"]
            .with_user(self.users[login])
            .create(
                {
                    "name": "Visit",
                    "start": self.utc(start),
                    "stop": self.utc(stop),
                    "visit_partner_id": self.customers[customer].id,
                    **values,
                }
            )
        )

    def record(self, event, login="a", **values):
        """The record of a visit, as the form makes it."""
        context = event.with_user(self.users[login]).action_record_visit()["context"]
        return (
            self.env["sales.contact"]
            .with_user(self.users[login])
            .with_context(**context)
            .create(
                {
                    "content": "Samples",
                    "feedback": "Good",
                    "result": "Order in April",
                    "effect": "3",
                    "next_date": fields.Date.add(fields.Date.today(), days=7),
                    **values,
                }
            )
        )

    def clock(self, record, code):
        return self.env["regulation.deadline"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("code", "=", code),
                ("state", "!=", "cancelled"),
            ]
        )
