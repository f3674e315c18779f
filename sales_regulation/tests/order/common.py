# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command

from ..common import RegulationCommon

#: who may go how far from the reference price (storyline 17)
AUTHORITIES = {
    "ka_manager": (5, 10),
    "sales_manager": (5, 10),
    "deputy_general_manager": (10, 20),
    "general_manager": (30, 50),
}


class OrderProfiles:
    """Profiles and steps of orders, for whoever built the company."""

    @classmethod
    def _price_profile(cls, gates=None, **settings):
        return cls._profile(
            gates=gates or {"price_authority": "enforce"},
            price_authority_ids=[
                Command.create(
                    {
                        "role_id": cls.roles[code].id,
                        "max_discount": discount,
                        "max_surcharge": surcharge,
                    }
                )
                for code, (discount, surcharge) in AUTHORITIES.items()
                if code != "sales_manager"
            ],
            **settings,
        )

    TICKS = ("legality", "validity", "feasibility", "conformity")

    @classmethod
    def _order_profile(cls, **settings):
        """Price, review with four ticks, and change by request, all enforced."""
        gates = {"price_authority": "enforce", "order_review": "enforce", "order_change": "enforce"}
        return cls._price_profile(
            gates=gates,
            checklist_item_ids=[
                Command.create({"kind": "order_review", "code": code, "name": code.capitalize()})
                for code in cls.TICKS
            ],
            **settings,
        )

    @classmethod
    def _approve(cls, record, kind, login):
        cls._pending(record, kind).with_user(cls.users[login]).action_approve()

    @classmethod
    def _pending(cls, record, kind):
        return cls.env["regulation.approval"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("kind_id.code", "=", kind),
                ("state", "=", "pending"),
            ]
        )

    @classmethod
    def _tick(cls, order, login, codes=TICKS):
        items = cls.env["regulation.checklist.item"].search(
            [("profile_id", "=", cls.profile.id), ("kind", "=", "order_review")]
        )
        for item in items.filtered(lambda item: item.code in codes):
            order.with_user(cls.users[login]).action_tick(item.id)

    @classmethod
    def _review(cls, order, submitter="a", reviewer="km"):
        """Submit, tick and approve."""
        order.with_user(cls.users[submitter]).action_request_review()
        cls._tick(order, reviewer)
        cls._approve(order, "order_review", reviewer)

    @classmethod
    def _confirmed(cls, login="a", quantity=10, **values):
        order = cls._order(login, quantity=quantity, **values)
        cls._review(order, login)
        order.action_confirm()
        return order


class OrderCommon(OrderProfiles, RegulationCommon):
    """A company whose profile enforces price authorities."""
