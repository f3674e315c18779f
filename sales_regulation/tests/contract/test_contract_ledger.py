# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import SCAN
from .common import ContractCommon

LEDGER = (
    "ordered",
    "delivered",
    "invoiced",
    "paid",
    "overdue",
    "overdue_since",
    "next_due_on",
    "delivery_due_on",
    "is_late",
    "state",
    "age",
)


@tagged("post_install", "-at_install")
class TestContractLedger(ContractCommon):
    """C22: ordered, delivered, invoiced, paid, next due and overdue of each contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )

    @classmethod
    def _contract_profile(cls, gates=None, rules=None, **settings):
        return super()._contract_profile(
            {"contract_signed": "enforce"} if gates is None else gates, rules, **settings
        )

    def _signed_order(self, quantity=10, login="a", **values):
        order = self._order(login, quantity=quantity, **values)
        contract = self._drafted(order, login=login)
        contract.action_sign({"signer_name": "Lin Hai", "scan": SCAN, "scan_name": "s.pdf"})
        order.action_confirm()
        return contract, order

    def _ledger(self, contract, login="gm"):
        self.env.flush_all()
        Ledger = self.env["sales.contract.ledger"].with_user(self.users[login])
        Ledger.invalidate_model()
        return Ledger.search([("contract_id", "=", contract.id)])

    def _ship(self, order, quantity):
        picking = order.sudo().picking_ids.filtered(lambda one: one.state != "done")
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()

    def _invoice(self, order, due):
        invoice = order.sudo()._create_invoices()
        invoice.write({"invoice_payment_term_id": False, "invoice_date_due": due})
        invoice.action_post()
        return invoice

    def _pay(self, order, amount, currency=None):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": order.partner_id.id,
                "amount": amount,
                "journal_id": self.bank.id,
                **({"currency_id": currency.id} if currency else {}),
            }
        )
        payment.action_post()
        self.env["sale.payment.allocation"].with_user(self.users["fin"]).create(
            {"order_id": order.id, "payment_id": payment.id, "amount": amount}
        ).action_confirm()
        return payment

    def test_figures(self):
        """S0-82, S3-53: 10 x 100.00 + 13 % ordered, 4 delivered, invoiced, a part paid."""
        contract, order = self._signed_order()
        row = self._ledger(contract)
        self.assertRecordValues(
            row,
            [
                {
                    "ordered": 1130.0,
                    "delivered": 0.0,
                    "invoiced": 0.0,
                    "paid": 0.0,
                    "overdue": 0.0,
                    "next_due_on": False,
                    "delivery_due_on": contract.delivery_date,
                    "is_late": False,
                    "archive_state": "original",
                }
            ],
        )
        self._ship(order, 4)
        today = self.company._regulation_today()
        self._invoice(order, today + timedelta(days=10))
        self._pay(order, 300.0)
        self.assertRecordValues(
            self._ledger(contract),
            [
                {
                    "delivered": 452.0,
                    "invoiced": 1130.0,
                    "paid": 300.0,
                    "overdue": 0.0,
                    "next_due_on": today + timedelta(days=10),
                }
            ],
        )
        contract.invalidate_recordset()
        self.assertEqual((contract.execution_delivered, contract.execution_paid), (452.0, 300.0))
        self.assertEqual(self._ledger(contract).paid, order.sudo()._regulation_paid()[order.id])

    def test_overdue(self):
        """What is due and not paid; money confirmed for the order counts before it is matched."""
        contract, order = self._signed_order()
        yesterday = self.company._regulation_today() - timedelta(days=1)
        self._invoice(order, yesterday)
        row = self._ledger(contract)
        self.assertEqual((row.overdue, row.overdue_since, row.is_late), (1130.0, yesterday, True))
        payment = self._pay(order, 130.0)
        self.assertEqual(self._ledger(contract).overdue, 1000.0)
        # matched as well: it does not count twice
        lines = (payment.move_id | order.sudo().invoice_ids).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.assertEqual(self._ledger(contract).overdue, 1000.0)
        watch = self.env["sales.contract.watch"].search([("contract_id", "=", contract.id)])
        payments = watch.filtered(lambda matter: matter.kind == "payment")
        self.assertEqual((payments.amount, payments.days_late), (1000.0, 1))
        self._pay(order, 1000.0)
        row = self._ledger(contract)
        self.assertEqual((row.overdue, row.is_late), (0.0, False))

    def test_credit_note(self):
        contract, order = self._signed_order()
        invoice = self._invoice(order, self.company._regulation_today())
        self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": invoice.journal_id.id}).refund_moves()
        order.sudo().invoice_ids.filtered(lambda move: move.state == "draft").action_post()
        self.assertEqual(self._ledger(contract).invoiced, 0.0)

    def test_delivery_late(self):
        """A delivery past the day of the contract, until the goods have left."""
        contract, order = self._signed_order()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sales_contract SET delivery_date = %s WHERE id = %s",
            [fields.Date.today() - timedelta(days=3), contract.id],
        )
        contract.invalidate_recordset()
        self.assertTrue(self._ledger(contract).is_late)
        [matter] = self.env["sales.contract.watch"].search(
            [("contract_id", "=", contract.id), ("kind", "=", "delivery")]
        )
        self.assertTrue(matter.is_late)
        self._ship(order, 10)
        self.assertFalse(self._ledger(contract).delivery_due_on)

    def test_two_orders_one_invoice(self):
        """An invoice over two contracts counts for each with its part."""
        contract, order = self._signed_order(10)
        other, second = self._signed_order(30)
        yesterday = self.company._regulation_today() - timedelta(days=1)
        invoice = (order | second).sudo()._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.write({"invoice_payment_term_id": False, "invoice_date_due": yesterday})
        invoice.action_post()
        self.assertEqual((self._ledger(contract).invoiced, self._ledger(contract).overdue), (1130.0, 1130.0))
        self.assertEqual((self._ledger(other).invoiced, self._ledger(other).overdue), (3390.0, 3390.0))

    def test_two_currencies(self):
        """An order in another currency than its contract is converted at its date."""
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "company_id": self.company.id, "name": "2020-01-01", "rate": 0.125}
        )
        self.profile.with_user(self.users["gm"]).action_retire()
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": usd.id, "company_id": self.company.id}
        )
        contract, order = self._signed_order()
        abroad = self._order("a", pricelist_id=pricelist.id, price=10.0)
        abroad.regulation_contract_id = contract
        abroad.action_confirm()
        self.assertEqual(abroad.currency_id, usd)
        # 1,130.00 CNY and 11.30 USD at 8 CNY
        self.assertAlmostEqual(self._ledger(contract).ordered, 1130.0 + 90.4)
        dollars = self._signed_order(pricelist_id=pricelist.id, price=10.0)[0]
        self.assertEqual(dollars.currency_id, usd)
        self.assertAlmostEqual(self._ledger(dollars).ordered, 113.0)
        self.assertEqual(self._ledger(dollars).currency_id, usd)

    def test_rights(self):
        """Whoever does not read the contract does not read its row, nor a sum over it."""
        contract, _order = self._signed_order()
        for login in ("a", "km", "gm", "leg", "fin", "aud"):
            self.assertTrue(self._ledger(contract, login), login)
        for login in ("b", "wh", "clk"):
            self.assertFalse(self._ledger(contract, login), login)
            Ledger = self.env["sales.contract.ledger"].with_user(self.users[login])
            self.assertFalse(Ledger.search_count([]))
            self.assertFalse(Ledger._read_group([], ["partner_id"], ["ordered:sum"]))
            Watch = self.env["sales.contract.watch"].with_user(self.users[login])
            self.assertFalse(Watch.search_count([]))
            with self.assertRaises(AccessError):
                Ledger.browse(contract.id).read(["paid"])

    def test_companies(self):
        """The rows of a company stay in it."""
        contract, _order = self._signed_order()
        other = self.env["res.company"].create({"name": "Hua Xin South"})
        gm = self.users["gm"]
        gm.company_ids |= other
        self.env.flush_all()
        Ledger = self.env["sales.contract.ledger"].with_user(gm)
        self.assertTrue(
            Ledger.with_context(allowed_company_ids=self.company.ids).search(
                [("contract_id", "=", contract.id)]
            )
        )
        self.assertFalse(
            Ledger.with_context(allowed_company_ids=other.ids).search(
                [("contract_id", "=", contract.id)]
            )
        )

    def test_funnel(self):
        """Contracts by stage and by the days they have been there."""
        fresh = self._drafted()
        old = self._drafted()
        old.action_submit()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sales_contract SET stage_at = stage_at - interval '20 days' WHERE id = %s",
            [old.id],
        )
        old.invalidate_recordset()
        groups = {
            (state, age): count
            for state, age, count in self.env["sales.contract.ledger"]._read_group(
                [("contract_id", "in", (fresh + old).ids)], ["state", "age"], ["__count"]
            )
        }
        self.assertEqual(groups, {("draft", "0"): 1, (old.state, "2"): 1})
        stages = [
            stage
            for stage, _count in self.env["sales.contract.ledger"]._read_group(
                [("contract_id", "in", (fresh + old).ids)], ["stage"], ["__count"]
            )
        ]
        labels = dict(self.env["sales.contract.ledger"]._stages())
        self.assertEqual([labels[stage] for stage in stages][0], "Draft")
        # Another stage begins to count anew
        old.action_revise()
        self.assertEqual(self._ledger(old).age, "0")

    def test_same_number_of_queries(self):
        """One query for one row and for many, in the list and on the contracts."""
        contracts = self.env["sales.contract"]
        for number in range(1, 5):
            contract, order = self._signed_order(number)
            self._invoice(order, fields.Date.today())
            contracts |= contract
        spec = {name: {} for name in LEDGER}
        ids = contracts.ids

        def queries(records, fields_spec):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.web_read(fields_spec)
            return self.cr.sql_log_count - before

        Ledger = self.env["sales.contract.ledger"].with_user(self.users["gm"])
        mine = contracts.with_user(self.users["gm"])
        figures = {"execution_ordered": {}, "execution_paid": {}, "execution_overdue": {}}
        for records, asked in ((Ledger.browse(ids), spec), (mine, figures)):
            queries(records, asked)
            self.assertEqual(queries(records[:1], asked), queries(records, asked))
        self.assertTrue(Ledger.search([("ordered", ">", 0)], order="overdue desc"))
        Watch = self.env["sales.contract.watch"].with_user(self.users["gm"])
        Watch.web_search_read([], {"kind": {}, "days_late": {}, "contract_id": {"fields": {}}})

    def test_evidence_export(self):
        models = self.env["regulation.register"]._evidence_models()
        for name in ("contract", "contract.copy", "contract.document", "contract.signature"):
            self.assertIn(f"sales.{name}", models)
