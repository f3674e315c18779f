# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

#: (code, unit, value) of the clocks of the composite regulation
CLOCKS = (
    ("ticket_contact", "hours", 24),
    ("ticket_answer", "working_days", 3),
    ("ticket_answer_major", "working_days", 7),
    ("ticket_inquiry", "hours", 24),
    ("ticket_dispatch", "hours", 48),
)


class ServiceProfiles:
    """A regulation of complaints as that of the key-account team, and tickets under it."""

    @classmethod
    def _service_profile(cls, mode="enforce", clocks=CLOCKS, **settings):
        values = {
            "deadline_rule_ids": [
                Command.create(
                    {
                        "code": code,
                        "name": code,
                        "unit": unit,
                        "value": value,
                        "escalate_to": "nobody",
                    }
                )
                for code, unit, value in clocks
            ],
            **settings,
        }
        return cls._profile(gates={"ticket_satisfied": mode}, **values)

    @classmethod
    def _kind(cls, code):
        return cls.env.ref(f"sales_regulation.ticket_kind_{code}")

    @classmethod
    def _ticket(cls, login="a", customer="xinghai", kind="complaint", **values):
        return (
            cls.env["sales.ticket"]
            .with_user(cls.users[login])
            .create(
                {
                    "kind_id": cls._kind(kind).id,
                    "subject": "Chips arrived bent",
                    "description": "Every tenth has a bent pin.",
                    "partner_id": cls.customers[customer].id,
                    **values,
                }
            )
        )

    @classmethod
    def _portal_user(cls, customer="xinghai", login="portal_lin"):
        contact = cls.env["res.partner"].create(
            {
                "name": f"Lin Hai of {customer}",
                "parent_id": cls.customers[customer].id,
                "email": f"{login}@example.com",
                "company_id": cls.company.id,
            }
        )
        return new_test_user(
            cls.env,
            login=login,
            groups="base.group_portal",
            partner_id=contact.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _clock(self, ticket, code):
        return self.env["regulation.deadline"].search(
            [("res_model", "=", ticket._name), ("res_id", "in", ticket.ids), ("code", "=", code)],
            order="id desc",
        )

    def _rows(self, event, ticket):
        return self.env["regulation.register"].search(
            [("event", "=", event), ("res_model", "=", ticket._name), ("res_id", "in", ticket.ids)]
        )

    def _later(self, **kwargs):
        return fields.Datetime.now() + timedelta(**kwargs)
