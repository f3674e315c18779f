# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import PaymentCommon


@tagged("post_install", "-at_install")
class TestScreens(PaymentCommon):
    """Each role opens its screens, with all they show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._payment_profile()
        cls.order = cls._confirmed(quantity=2, price=100)
        cls.allocation = cls._pay(cls.order, 100)
        cls.receipt = (
            cls.env["sale.receipt"]
            .with_user(cls.users["a"])
            .create({"order_id": cls.order.id, "amount": 26, "journal_id": cls.bank.id})
        )
        cls.agreement = cls.env["sale.payment.agreement"].create(
            {
                # whoever sells to the customer reads it
                "partner_id": cls.order.partner_id.id,
                "mode": "none",
                "reason": "Frame contract",
                "company_id": cls.company.id,
            }
        )

    def _read_screen(self, record, login, kind):
        """Read what the view of this kind shows of the record, as the web client does."""
        record = record.with_user(self.users[login]).with_context(
            allowed_company_ids=self.company.ids
        )
        arch = etree.fromstring(record.get_views([(False, kind)])["views"][kind]["arch"])
        names = {
            node.get("name")
            for node in arch.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        record.invalidate_recordset()
        return record.web_read({name: {} for name in names if name in record._fields})

    def test_screens(self):
        picking = self.order.picking_ids
        for record, logins in (
            (self.allocation, ("a", "km", "fin", "aud", "gm")),
            (self.receipt, ("a", "km", "fin", "aud")),
            (self.agreement, ("a", "km", "fin", "aud")),
            (self.order, ("a", "km")),
            (picking, ("a", "wh", "clk")),
            (self.allocation.payment_id, ("fin",)),
        ):
            for login in logins:
                for kind in ("form", "list", "kanban"):
                    with self.subTest(model=record._name, login=login, kind=kind):
                        self.assertTrue(self._read_screen(record, login, kind))

    def test_own_only(self):
        with self.assertRaises(AccessError):
            self.allocation.with_user(self.users["t"]).read(["amount"])
        with self.assertRaises(AccessError):
            self.allocation.with_user(self.users["wh"]).read(["amount"])

    def test_record_a_receipt_from_the_order(self):
        action = self.order.with_user(self.users["a"]).action_regulation_receipt()
        Receipt = self.env["sale.receipt"].with_user(self.users["a"])
        with Form(Receipt.with_context(**action["context"])) as form:
            form.amount = 50
            form.journal_id = self.bank
        receipt = form.save()
        self.assertEqual((receipt.order_id, receipt.user_id), (self.order, self.users["a"]))
        self.assertTrue(receipt.name)

    def test_allocate_from_the_payment(self):
        payment = self._payment(500)
        action = payment.with_user(self.fin).action_regulation_allocations()
        Allocation = self.env["sale.payment.allocation"].with_user(self.fin)
        with Form(Allocation.with_context(**action["context"])) as form:
            form.order_id = self.order
            self.assertEqual(form.amount, 126)  # 226.00 less 100.00
        form.save().action_confirm()
        self.assertEqual(payment.regulation_left, 374)

    def test_lists_cost_the_same_for_many(self):
        orders = self.order.union(*(self._confirmed(quantity=1, price=100) for _n in range(9)))
        counts = []
        for some in (orders[:1], orders):
            some = some.with_user(self.users["a"])
            specification = {name: {} for name in ("regulation_paid", "regulation_short")}
            for _round in range(2):  # the first one warms what is cached
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                some.web_read(specification)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_help_opens_what_the_reader_can_do(self):
        """Finance allocates, the rep records a receipt, the keeper can only ask (S4-337)."""
        picking = self.order.picking_ids
        for login, remedy, model in (
            ("fin", "Allocate a Payment", "sale.payment.allocation"),
            ("a", "Record a Receipt", "sale.receipt"),
            ("wh", False, None),
        ):
            with self.subTest(login=login):
                action = picking.with_user(self.users[login]).action_regulation_help()
                lines = (
                    self.env[action["res_model"]]
                    .with_user(self.users[login])
                    .browse(action["res_id"])
                    .line_ids
                )
                line = lines.filtered(
                    lambda line: line.gate_id.code == "payment_before_shipment"
                )
                self.assertEqual(line.remedy, remedy)
                if model:
                    opened = line.action_remedy()
                    self.assertEqual(opened["res_model"], model)
                    self.assertEqual(opened["context"]["default_order_id"], self.order.id)
                else:
                    with self.assertRaises(UserError):
                        line.action_remedy()
