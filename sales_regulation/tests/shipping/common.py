# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

from contextlib import contextmanager

from odoo.exceptions import UserError

from ..common import RegulationCommon


class DispatchCommon(RegulationCommon):
    """Orders, requests and released notices under a regulation with all dispatch gates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._dispatch_profile()
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "SF Express",
                "delivery_type": "fixed",
                "product_id": cls.env["product.product"]
                .create({"name": "Freight", "type": "service"})
                .id,
                "company_id": cls.company.id,
            }
        )

    @classmethod
    def _dispatch_profile(cls, gates=None, **settings):
        return cls._profile(
            gates
            or {"dispatch_request": "enforce", "dispatch_notice": "enforce", "tracking": "enforce"},
            **settings,
        )

    @classmethod
    def _confirmed(cls, quantity=10, login="a", **values):
        order = cls._order(login, quantity=quantity, **values)
        order.action_confirm()
        return order

    @classmethod
    def _request(cls, order, login=None, **values):
        """A draft request as the button of the order makes it."""
        if login:
            order = cls._as(order, login)
        action = order.action_request_dispatch()
        notice = order.env["dispatch.notice"].browse(action["res_id"])
        notice.write({"requested_arrival_at": "2026-03-23 09:00:00", **values})
        return notice

    @classmethod
    def _released(cls, order, quantity=None, login=None):
        notice = cls._request(order, login)
        if quantity is not None:
            notice.line_ids.quantity = quantity
        notice.action_submit()
        clerk = cls._as(notice, "clk")
        clerk.action_verify()
        clerk.action_check()
        clerk.action_issue()
        finance = cls._as(notice, "fin")
        finance.action_check_papers()
        finance.action_release()
        return notice

    @classmethod
    def _with_carrier(cls, picking, number="SF1001"):
        cls._as(picking, "wh").write({"carrier_id": cls.carrier.id, "carrier_tracking_ref": number})
        return picking

    @classmethod
    def _validate(cls, picking, login="wh", **quantities):
        """Validate as the keeper: everything, or ``quantity``, then with a backorder."""
        picking = cls._as(picking, login)
        picking.action_assign()
        if "quantity" in quantities:
            picking.move_ids.quantity = quantities["quantity"]
            picking.move_ids.picked = True
        action = picking.button_validate()
        if isinstance(action, dict):
            wizard = picking.env[action["res_model"]].with_context(**action["context"]).create({})
            wizard.process()
        return picking

    @contextmanager
    def assertRefused(self, text, error=UserError):
        """The step is refused, nothing of it stays, and the reason says ``text``."""
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            yield
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn(text, str(caught.exception))
