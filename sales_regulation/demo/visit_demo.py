# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time, timedelta

from odoo import Command, api, fields, models


class RegulationDemo(models.AbstractModel):
    _inherit = "regulation.demo"

    @api.model
    def _documents(self, company, people, goods):
        result = super()._documents(company, people, goods)
        self._visits(company, people, goods)
        return result

    def _visits(self, company, people, goods):
        """A plan that waits for the manager, visits of yesterday and today, calls of a day."""
        rep = people["wangfang"]
        Event = self.env["calendar.event"].with_user(rep).with_context(dont_notify=True)
        today = company._regulation_today()
        yesterday = today - timedelta(days=1)
        visits = [
            (goods["beihe"], yesterday, time(14), "Samples of the new sensor"),
            (goods["xinghai"], today, time(9), "Delivery schedule"),
        ]
        events = Event.create(
            [
                {
                    "name": purpose,
                    "start": company._regulation_utc(day, hour),
                    "stop": company._regulation_utc(day, hour) + timedelta(hours=1),
                    "visit_partner_id": partner.id,
                    "visit_purpose": purpose,
                    "visit_appointment": True,
                }
                for partner, day, hour, purpose in visits
            ]
        )
        self._record_visit(events[0], rep)
        self._calls(rep, goods)
        self._visit_plan(rep, goods, company)

    def _record_visit(self, event, rep):
        context = event.action_record_visit()["context"]
        self.env["sales.contact"].with_user(rep).with_context(**context).create(
            {
                "content": "Showed the samples to the engineers",
                "feedback": "The connector should be gold-plated",
                "result": "They test for two weeks",
                "effect": "3",
                "interested": True,
                "next_date": fields.Date.add(fields.Date.today(), days=14),
            }
        ).action_hand_in()

    def _calls(self, rep, goods):
        Contact = self.env["sales.contact"].with_user(rep)
        Contact.create(
            {
                "partner_id": goods["dongfang"].id,
                "result": "Asks for a price of 500 pieces",
                "interested": True,
                "next_date": fields.Date.add(fields.Date.today(), days=2),
            }
        ).action_hand_in()
        Contact.create(
            {"number": "0755 8888 0000", "outcome": "no_answer", "result": "Call again"}
        )

    def _visit_plan(self, rep, goods, company):
        plan = self.env["visit.plan"].with_user(rep).create({})
        plan.line_ids = [
            Command.create(
                {
                    "partner_id": partner.id,
                    "start": company._regulation_utc(plan.month + timedelta(days=day), time(10)),
                    "purpose": purpose,
                }
            )
            for partner, day, purpose in (
                (goods["xinghai"], 6, "Regular visit"),
                (goods["beihe"], 9, "Result of the tests"),
            )
        ]
        plan.action_submit()
