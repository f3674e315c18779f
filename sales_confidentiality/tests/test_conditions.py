# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import Counter
from unittest.mock import patch

from odoo.fields import Domain
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import engine

from ..models.grant.confidentiality_grant import FACTS
from .common import ConfidentialityCommon

COLUMNS = {
    "name": {},
    "date_order": {},
    "company_id": {"fields": {"display_name": {}}},
    "partner_id": {"fields": {"display_name": {}}},
    "user_id": {"fields": {"display_name": {}}},
    "team_id": {"fields": {"display_name": {}}},
}


@tagged("post_install", "-at_install")
class TestConditions(ConfidentialityCommon):
    """What the rule of the labels asks the database: exactly who may see what, and cheaply (C50)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        listed = cls._list("Project North", "a", "fin")
        labels = [
            cls._label(level, "contract")
            for level in ("public", "internal", "confidential", "secret")
        ]
        orders = cls.env["sale.order"]
        for label in (*labels, listed, cls.env["confidentiality.label"]):
            for login in ("a", "b", "t"):
                order = cls._order("a", "beihe").sudo()
                engine(order).write(
                    {"confidentiality_label_id": label.id, "user_id": cls.users[login].id}
                )
                orders |= order
        cls.orders = orders
        cls.env.flush_all()

    def expected(self, login):
        """The orders that the labels leave to somebody, said without any domain."""
        access = self.env["confidentiality.grant"]._access_of(self.users[login])
        protection = self.env["confidentiality.model"]._protection()
        scope = protection.models["sale.order"].share_scope
        mates = {"team": access.mates["team"], "department": access.mates["department"]}

        def visible(order):
            label, owner = order.confidentiality_label_id.id, order.user_id.id
            if not label or label in access.full:
                return True
            if label not in access.own:
                return False
            return owner == access.user_id or scope == "company" or owner in mates.get(scope, ())

        return self.orders.filtered(visible)

    def rule(self, login):
        """The condition of the labels for somebody."""
        env = self.env(user=self.users[login].id)
        access = env["confidentiality.grant"]._access()
        return env["ir.rule"]._label_rule("sale.order", access)

    def test_found_is_what_may_be_seen(self):
        """In the database, record by record, and as told without a domain: the same orders."""
        seen = {}
        row = self.env.ref("sales_confidentiality.protected_sale_order")
        for scope in ("owner", "team", "department", "company"):
            row.share_scope = scope
            for login in sorted(self.users):
                with self.subTest(scope=scope, login=login):
                    rule, expected = self.rule(login), self.expected(login)
                    mine = [("id", "in", self.orders.ids)]
                    self.assertEqual(self.orders.search(rule & Domain(mine)), expected.sorted())
                    self.assertEqual(self.orders.filtered_domain(rule), expected)
                    self.assertEqual(self.orders - self.orders.filtered_domain(~rule), expected)
                    self.assertEqual(
                        self.orders.search(Domain(mine) & ~rule).sorted("id"),
                        (self.orders - expected).sorted("id"),
                    )
                    seen[scope, login] = len(expected)
        self.assertGreater(len(set(seen.values())), 3, "the people differ")

    def test_one_condition(self):
        """Cleared for everything but lists: one look at the label, none at the owner."""
        query = self.env["sale.order"].sudo()._search(self.rule("gm")).select().code
        self.assertIn('COALESCE("sale_order"."confidentiality_label_id", 0) IN', query)
        self.assertNotIn(" OR ", query)
        self.assertNotIn("user_id", query)
        query = self.env["sale.order"].sudo()._search(self.rule("a")).select().code
        self.assertIn("user_id", query, "what is his own comes with its owner")

    def test_met_from_the_index(self):
        """Many orders: the index leads to the labels that somebody may see, no order is read."""
        self.env.cr.execute(
            SQL(
                "UPDATE ir_rule SET active = FALSE WHERE model_id = %s AND NOT global",
                self.env["ir.model"]._get_id("sale.order"),
            )
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self._multiply(self.orders, 200)
        orders = self.env["sale.order"].with_user(self.users["tm"])
        query = orders._search([]).select(SQL("COUNT(*)"))
        # In a transaction no page counts as visible to everybody: leave pages out of account
        for setting in ("random_page_cost TO 0", "seq_page_cost TO 0", "enable_bitmapscan TO off"):
            self.env.cr.execute(SQL("SET LOCAL %s", SQL(setting)))
        self.env.cr.execute(SQL("EXPLAIN %s", query))
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("Index Only Scan using sale_order_confidentiality_idx", plan)
        self.assertRegex(plan, r"Index Cond: .*COALESCE")
        self.assertNotIn("Filter:", plan)

    def _multiply(self, orders, times):
        columns = [
            field.name
            for field in orders._fields.values()
            if field.store and field.column_type and field.name not in ("id", "access_token")
        ]
        names = SQL(", ").join(map(SQL.identifier, columns))
        self.env.cr.execute(
            SQL(
                "INSERT INTO sale_order (%s) SELECT %s FROM sale_order, generate_series(1, %s)"
                " WHERE id IN %s",
                names,
                names,
                times,
                orders._ids,
            )
        )
        self.env.cr.execute("ANALYZE sale_order")

    # === HOW OFTEN IS ASKED === #

    def asked(self, login, ask):
        """The statements of a request, of a server that has been asked before."""
        execute, statements = Cursor.execute, []

        def note(cursor, query, params=None, log_exceptions=True):
            statements.append(str(getattr(query, "code", query)))
            return execute(cursor, query, params, log_exceptions)

        for number in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.cr.cache.clear()
            orders = self.env["sale.order"].with_user(self.users[login])
            if number:
                with patch.object(Cursor, "execute", note):
                    ask(orders)
            else:
                ask(orders)
        return statements

    def page(self, rows):
        mine = [("id", "in", rows.ids)]
        return lambda orders: orders.web_search_read(mine, COLUMNS, limit=80)

    def test_rights_are_read_once(self):
        """For what is enforced and for what is observed alike, however much is read."""
        for mode in ("enforce", "observe"):
            self.env.ref("sales_confidentiality.category_customer").mode = mode
            with self.subTest(mode):
                tables = Counter(
                    FACTS.name in one for one in self.asked("gm", self.page(self.orders))
                )
                self.assertEqual(tables[True], 1)

    def test_a_page_asks_for_the_rights_only(self):
        """One row or all of them: what decides about an order comes along with its columns."""
        labelled = self.asked("gm", self.page(self.orders))
        self.assertEqual(len(self.asked("gm", self.page(self.orders[:1]))), len(labelled))
        for code in self.enforced:
            self.env.ref(f"sales_confidentiality.category_{code}").mode = "off"
        plain = self.asked("gm", self.page(self.orders))
        self.assertLessEqual(len(labelled) - len(plain), 1, "\n".join(labelled))
