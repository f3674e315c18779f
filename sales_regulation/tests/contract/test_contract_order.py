# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractOrder(ContractCommon):
    """An order that needs a contract is confirmed with a signed one that says the same."""

    def test_every_route(self):
        """C20: no order is confirmed without its signed contract, whoever asks and however."""
        order = self._order("a", quantity=10)
        self.assertTrue(order.regulation_ask_contract)
        routes = (
            lambda: order.action_confirm(),
            lambda: order.write({"state": "sale"}),
            lambda: order.sudo().action_confirm(),
            lambda: self._as(order, "gm").action_confirm(),
            lambda: self._order("a", state="sale"),
            lambda: order.with_context(default_state="sale").copy(),
        )
        for route in routes:
            with self.assertRaisesRegex(UserError, "signed contract"), self.env.cr.savepoint():
                route()
        result = (
            self.env["sale.order"]
            .with_user(self.users["a"])
            .load([".id", "state"], [[str(order.id), "sale"]])
        )
        self.assertIn("signed contract", result["messages"][0]["message"])
        order.action_create_contract()
        with self.assertRaisesRegex(UserError, "is not signed: Draft"):
            order.action_confirm()
        self.assertFalse(order.regulation_ask_contract)
        self.assertEqual(order.state, "draft")

    def test_signed(self):
        order = self._order("a", quantity=10)
        contract = self._signed(self._drafted(order))
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(contract.differences)
        with self.assertRaisesRegex(UserError, "it stays there"):
            order.regulation_contract_id = False

    def test_amount(self):
        """Only from the amount of the profile on."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._contract_profile(contract_min_amount=1000.0)
        small = self._order("a", quantity=9)
        small.action_confirm()
        self.assertEqual(small.state, "sale")
        with self.assertRaisesRegex(UserError, "signed contract"):
            self._order("a", quantity=10).action_confirm()

    def test_match(self):
        """S0-77, C23: products, prices, quantities, terms of the order are the contract's."""
        order = self._order("a", quantity=10)
        contract = self._signed(self._drafted(order))
        line = order.order_line
        other = self.env["account.payment.term"].create({"name": "Other terms"})
        terms = order.payment_term_id
        extra = self.env["product.product"].create({"name": "Extra"})
        changes = (
            (lambda: line.write({"product_uom_qty": 11}), "quantity 11"),
            (lambda: line.write({"price_unit": 99.0}), "price 99.00"),
            (lambda: line.write({"discount": 5.0}), "price 95.00"),
            (lambda: order.write({"payment_term_id": other.id}), "payment terms"),
            (lambda: order.write({"commitment_date": "2030-03-01"}), "delivery"),
            (
                lambda: order.write({"order_line": [Command.create({"product_id": extra.id})]}),
                "Extra",
            ),
        )
        for change, text in changes:
            with self.assertRaisesRegex(UserError, text), self.env.cr.savepoint():
                change()
                self.assertIn(text.split()[0], contract.differences)
                order.action_confirm()
            self.env.invalidate_all()
        self.assertEqual(order.payment_term_id, terms)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_free_changes_stay_in_the_contract(self):
        """Where confirmed orders may be edited, they go on saying what the contract says."""
        order = self._order("a", quantity=10)
        self._signed(self._drafted(order))
        order.action_confirm()
        order.action_unlock()
        for vals in ({"product_uom_qty": 11}, {"price_unit": 50.0}, {"discount": 10.0}):
            with self.assertRaisesRegex(UserError, "differs"), self.env.cr.savepoint():
                order.order_line.write(vals)
                self.env.flush_all()
                self.env.cr.precommit.run()
        discount = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "list_price": 0, "taxes_id": False}
        )
        vals = {"product_id": discount.id, "price_unit": -900.0, "is_expense": True}
        with self.assertRaisesRegex(UserError, "Discount"), self.env.cr.savepoint():
            order.order_line = [Command.create(vals)]
            self.env.flush_all()
            self.env.cr.precommit.run()
        self.env.cr.precommit.clear()
        with self.assertRaisesRegex(AccessError, "computed"), self.env.cr.savepoint():
            order.order_line = [Command.create({**vals, "regulation_reinvoiced": True})]
        order.note = "Call before delivery"
        order.order_line.write({"customer_lead": 3})
        self.env.cr.precommit.run()

    def test_free_changes_below_the_amount(self):
        """An order under its contract does not leave it by coming to less."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._contract_profile(contract_min_amount=1000.0)
        order = self._order("a", quantity=10)
        self._signed(self._drafted(order))
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "differs"), self.env.cr.savepoint():
            order.order_line.price_unit = 1.0
            self.env.flush_all()
            self.env.cr.precommit.run()

    def test_not_under_an_amendment(self):
        """An amendment repeats the goods of its contract: nobody sells them twice."""
        first = self._order("a", quantity=10)
        contract = self._signed(self._drafted(first))
        first.action_confirm()
        amendment = contract.browse(contract.action_amend()["res_id"])
        amendment.write({"reason_kind": "other", "reason": "x", "customer_consent": "Lin"})
        self._signed(amendment)
        second = self._order("a", quantity=10)
        second.payment_term_id = first.payment_term_id
        second.regulation_contract_id = amendment
        with self.assertRaisesRegex(UserError, "made under"):
            second.action_confirm()

    def test_several_orders(self):
        """A contract over two quotations: together they order what it names."""
        first, second = self._order("a", quantity=4), self._order("a", quantity=6)
        orders = first | second
        orders.payment_term_id = self._payment_term()
        action = orders.action_create_contract()
        contract = self.env["sales.contract"].with_user(self.users["a"]).browse(action["res_id"])
        contract.delivery_date = "2030-01-31"
        self._signed(contract)
        first.action_confirm()
        second.order_line.product_uom_qty = 7
        with self.assertRaisesRegex(UserError, "quantity 11"):
            second.action_confirm()
        second.order_line.product_uom_qty = 6
        second.action_confirm()
        self.assertEqual(contract.order_count, 2)

    def test_framework(self):
        """Up to the contract: a line without quantity sets the price only."""
        order = self._order("a", quantity=10)
        contract = self._drafted(order)
        contract.type_id = self.env.ref("sales_regulation.contract_type_framework")
        contract.line_ids.quantity = 0
        self._signed(contract)
        order.action_confirm()
        again = self._order("a", quantity=500)
        again.payment_term_id = order.payment_term_id
        again.regulation_contract_id = contract
        again.action_confirm()
        self.assertEqual(again.state, "sale")

    def test_foreign_contract(self):
        """Neither another customer's contract nor one that he may not read opens the order."""
        contract = self._signed(self._drafted(self._order("a", quantity=10)))
        order = self._order("a", customer="beihe", quantity=10)
        order.regulation_contract_id = contract
        with self.assertRaisesRegex(UserError, "customer"):
            order.action_confirm()
        foreign = self._order("b", quantity=10)
        with self.assertRaises(AccessError):
            foreign.regulation_contract_id = contract
        with self.assertRaises(AccessError):
            self._order("b", regulation_contract_id=contract.id)

    def test_foreign_contract_by_default(self):
        """Nor does one arrive by a default, an import or a copy (C20)."""
        mine = self._order("a", quantity=10)
        contract = self._signed(self._drafted(mine))
        Order = self.env["sale.order"].with_user(self.users["b"])
        vals = {"partner_id": self.customers["xinghai"].id}
        by_default = Order.with_context(default_regulation_contract_id=contract.id)
        own = self._order("b", quantity=10)
        kept = self.env["ir.default"].with_user(self.users["b"])
        ways = {
            "context": lambda: by_default.create(vals),
            "batch": lambda: by_default.create([{**vals, "regulation_contract_id": False}, vals]),
            "copy": lambda: own.with_env(by_default.env).copy(),
            "copy with a value": lambda: own.copy({"regulation_contract_id": contract.id}),
            "kept default": lambda: (
                kept.set("sale.order", "regulation_contract_id", contract.id, user_id=True),
                Order.create(vals),
            ),
        }
        for way, step in ways.items():
            with self.subTest(way), self.assertRaises(AccessError), self.cr.savepoint():
                step()
        before = Order.search_count([])
        for importer, names, row in (
            (Order, [".id", "partner_id/.id", "regulation_contract_id/.id"], contract.id),
            (by_default, [".id", "partner_id/.id"], None),
        ):
            data = [False, self.customers["xinghai"].id, *([row] if row else [])]
            with self.subTest(names), self.cr.savepoint() as savepoint:
                try:
                    result = importer.load(names, [[str(value or "") for value in data]])
                    self.assertFalse(result["ids"], result)
                except AccessError:
                    pass
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(Order.search_count([]), before)
        # He who may read it uses it so
        order = (
            self.env["sale.order"]
            .with_user(self.users["a"])
            .with_context(default_regulation_contract_id=contract.id)
            .create(vals)
        )
        self.assertEqual(order.regulation_contract_id, contract)

    def test_expired(self):
        order = self._order("a", quantity=10)
        self._signed(self._drafted(order, date_start="2020-01-01", date_end="2020-12-31"))
        with self.assertRaisesRegex(UserError, "not valid today"):
            order.action_confirm()

    def test_observe_and_no_profile(self):
        """Rows S1 and "no profile": a warning only, and stock."""
        self.profile.with_user(self.users["gm"]).action_retire()
        order = self._order("a")
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self._contract_profile(gates={"contract_signed": "observe"})
        order = self._order("a")
        self.assertIn("signed contract", order.regulation_notice)
        self.assertFalse(order.regulation_held)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_without_profile_a_contract_goes_through(self):
        """Contracts work without a regulation: nothing is demanded."""
        self.profile.with_user(self.users["gm"]).action_retire()
        contract = self._drafted(complete=False)
        contract.action_submit()
        self.assertEqual(contract.state, "approved")
        contract.action_mark_sent()
        contract.action_sign({"signer_name": "Lin Hai", "scan": "AAAA"})
        self.assertEqual(contract.state, "signed")

    def test_leader_reviews_by_default(self):
        """A gate without any step in the regulation: the leader of the team reviews."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._profile(gates={"contract_review": "enforce"})
        contract = self._drafted()
        with self.assertRaisesRegex(UserError, "not approved"):
            contract.action_mark_sent()
        contract.action_submit()
        self.assertEqual(
            self._pending(contract, "contract_business").step_ids.user_ids, self.users["km"]
        )

    def test_lists(self):
        """List and cards cost the representative the same for 1 and 80 contracts."""
        goods = [
            Command.create({"product_id": self.product.id, "quantity": 1, "price_unit": 100.0})
        ]
        orders = self.env["sale.order"].with_user(self.users["a"])
        line = Command.create({"product_id": self.product.id, "product_uom_qty": 1})
        contracts = orders.env["sales.contract"].create(
            [
                {
                    "partner_id": customer.id,
                    "line_ids": goods,
                    "order_ids": [
                        Command.create({"partner_id": customer.id, "order_line": [line]})
                    ],
                }
                for customer in list(self.customers.values()) * 20
            ]
        )
        self.assertEqual(len(contracts), 80)
        contracts[:40].write({"delivery_date": "2030-01-31"})
        contracts.order_ids.payment_term_id = self._payment_term()
        contracts.payment_term_id = self._payment_term()
        contracts[:20].action_submit()
        for view in ("list", "kanban"):
            arch = contracts.get_view(view_type=view)["arch"]
            names = {node.get("name") for node in etree.fromstring(arch).iter("field")}
            specification = {
                name: {"fields": {"display_name": {}}} if contracts._fields[name].relational else {}
                for name in names
            }
            counts = []
            for limit in (1, 80, 1, 80):
                self.env.flush_all()
                self.env.invalidate_all()
                start = self.env.cr.sql_log_count
                rows = contracts.web_search_read(
                    [("id", "in", contracts.ids)], specification, limit=limit
                )["records"]
                counts.append(self.env.cr.sql_log_count - start)
                self.assertEqual(len(rows), limit)
            self.assertLessEqual(counts[3], counts[2] + 1, view)

    def test_queries(self):
        """The gate and the list cost the same for one order and for many."""
        orders = self.env["sale.order"]
        for _number in range(8):
            order = self._order("a", quantity=10)
            self._drafted(order)
            orders |= order
        contracts = orders.regulation_contract_id
        fields = ["term_progress", "differences", "regulation_held", "approval_pending", "state"]

        def count(records, call):
            self.env.flush_all()
            self.env.invalidate_all()
            call(records)
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            call(records)
            return self.env.cr.sql_log_count - start

        for records, call in (
            (orders, lambda rows: rows._gate_refusals("confirm")),
            (contracts, lambda rows: rows.read(fields)),
        ):
            records = records.browse(records.ids)
            self.assertEqual(count(records[:1], call), count(records, call))
