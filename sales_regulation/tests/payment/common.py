# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields
from odoo.exceptions import UserError

from ..common import RegulationCommon


class PaymentCommon(RegulationCommon):
    """Money and goods of the storyline: an order of 10,000 x 96.00 + 13 % = 1,084,800.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gate = cls.env.ref("sales_regulation.gate_payment_before_shipment")
        cls.bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )
        cls.customer_location = cls.env.ref("stock.stock_location_customers")
        cls.fin = cls.users["fin"]

    @classmethod
    def _payment_profile(cls, mode="full", gate="enforce", **settings):
        """Full payment before shipment; a receipt reaches finance the same day, goods leave
        within two calendar days of the payment."""
        rules = [
            {"code": "remittance", "name": "Hand over a receipt", "unit": "same_day"},
            {"code": "ship_promptly", "name": "Ship", "unit": "calendar_days", "value": 2},
        ]
        return cls._profile(
            gates={"payment_before_shipment": gate},
            payment_mode=mode,
            deadline_rule_ids=[Command.create(rule) for rule in rules],
            **settings,
        )

    @classmethod
    def _confirmed(cls, quantity=10000, price=96.0, customer="xinghai", **values):
        order = cls._order(quantity=quantity, price=price, customer=customer, **values)
        order.sudo().action_confirm()
        return order.sudo()

    @classmethod
    def _payment(cls, amount, customer="xinghai", booked=True, kind="inbound", **values):
        """A posted payment of the customer; ``booked``: with a journal entry."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": kind,
                "partner_type": "customer",
                "partner_id": cls.customers[customer].id,
                "amount": amount,
                "journal_id": cls.bank.id,
                "date": fields.Date.today(),
                **values,
            }
        )
        if not booked:
            payment.outstanding_account_id = False
        payment.action_post()
        return payment

    @classmethod
    def _allocate(cls, order, payment, amount=None, confirm=True):
        vals = {"order_id": order.id, "payment_id": payment.id}
        if amount is not None:
            vals["amount"] = amount
        allocation = cls.env["sale.payment.allocation"].with_user(cls.fin).create(vals)
        if confirm:
            allocation.action_confirm()
        return allocation

    @classmethod
    def _pay(cls, order, amount, **values):
        customer = next(
            code for code, partner in cls.customers.items() if partner == order.partner_id
        )
        return cls._allocate(order, cls._payment(amount, customer, **values), amount)

    def _deliver(self, picking, quantity=None, login="wh"):
        """Validate as a warehouse keeper does; a lower quantity leaves a backorder."""
        picking = picking.with_user(self.users[login])
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if quantity is None else quantity
            move.picked = True
        result = picking.with_context(skip_backorder=True).button_validate()
        if isinstance(result, dict) and result.get("res_model"):
            wizard = self.env[result["res_model"]].with_context(**result["context"])
            wizard.with_user(self.users[login]).create({}).process()
        self.env.flush_all()
        return picking

    def assertHeld(self, text, function, *args, **kwargs):
        """The step is refused, nothing of it stays, and the reason says ``text``."""
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            function(*args, **kwargs)
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn(text, str(caught.exception))

    def _invoice(self, order, amount=None):
        """The posted invoice of the order; ``amount`` makes a down payment of it."""
        if amount is None:
            invoice = order._create_invoices()
        else:
            self.env["sale.advance.payment.inv"].with_context(
                active_model="sale.order", active_ids=order.ids, active_id=order.id
            ).create(
                {
                    "advance_payment_method": "fixed",
                    "fixed_amount": amount,
                    "sale_order_ids": [Command.set(order.ids)],
                }
            ).create_invoices()
            invoice = order.invoice_ids.filtered(lambda move: move.state == "draft")
        invoice.action_post()
        return invoice

    def _register_payment(self, invoices, amount=None, **values):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoices.ids)
            .create({"journal_id": self.bank.id, **values})
        )
        if amount is not None:
            wizard.amount = amount
            wizard.payment_difference_handling = values.get("payment_difference_handling", "open")
        return wizard._create_payments()

    def _propose(self):
        return self.env["sale.payment.allocation"].with_user(self.fin)._propose(self.company)

    def _deadline(self, record, code):
        return self.env["regulation.deadline"].search(
            [("res_model", "=", record._name), ("res_id", "=", record.id), ("code", "=", code)]
        )

    def _events(self, event, record):
        return self.env["regulation.register"].search(
            [("event", "=", event), ("res_model", "=", record._name), ("res_id", "=", record.id)]
        )
