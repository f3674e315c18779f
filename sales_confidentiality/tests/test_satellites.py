# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.label import confidentiality_default
from .common import ConfidentialityCommon


@tagged("post_install", "-at_install")
class TestSatellites(ConfidentialityCommon):
    """Lines and journal items store the label and the owner of their document (C50)."""

    def test_follow_their_document(self):
        order = self._order("a", "beihe")
        line = order.order_line
        self.assertFalse(line.confidentiality_label_id)
        self.assertFalse(line.confidentiality_owner_id, "nothing is stored without a label")
        order.confidentiality_label_id = self._label("secret", "contract")
        self.assertEqual(line.confidentiality_label_id, self._label("secret", "contract"))
        self.assertEqual(line.confidentiality_owner_id, self.users["a"])
        order.sudo().user_id = self.users["km"]
        self.assertEqual(line.confidentiality_owner_id, self.users["km"])
        self._as(order, "gm").action_confidentiality_lower(False, "Published")
        self.assertFalse(line.confidentiality_label_id)
        self.assertFalse(line.confidentiality_owner_id)

    def test_the_owner_sees_them(self):
        order = self._order("a")
        order.sudo().action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self.assertTrue(self.sees("a", order.order_line))
        self.assertEqual(
            invoice.line_ids.confidentiality_label_id, self._label("confidential", "contract")
        )
        self.assertEqual(invoice.line_ids.confidentiality_owner_id, self.users["a"])

    def test_a_new_line(self):
        order = self._order("a")
        order.sudo().write(
            {"order_line": [(0, 0, {"product_id": self.product.id, "product_uom_qty": 5})]}
        )
        for line in order.order_line:
            self.assertEqual(line.confidentiality_label_id, order.confidentiality_label_id)

    def test_nobody_sets_it(self):
        """Nor moves a line's label away from that of its order, by whatever way."""
        order = self._order("a")
        line = self._as(order.order_line, "a")
        for vals in (
            {"confidentiality_label_id": False},
            {"confidentiality_owner_id": self.users["t"].id},
        ):
            with self.assertRaises(AccessError):
                line.write(vals)
            with self.assertRaises(AccessError):
                self._as(order, "a").write({"order_line": [(1, line.id, vals)]})
            with self.assertRaises(AccessError):
                line.sudo().write(vals)
            with self.assertRaises(AccessError):
                line.create({"order_id": order.id, "product_id": self.product.id, **vals})
        made = line.with_context(
            default_confidentiality_label_id=self._label("public", "contract").id
        ).create({"order_id": order.id, "product_id": self.product.id})
        self.assertEqual(made.confidentiality_label_id, order.confidentiality_label_id)

    def test_columns_that_are_added_to_a_labelled_database(self):
        """An upgrade: rows of labelled documents get their label at once, in one statement."""
        order = self._order("a")
        line = order.order_line
        other = self._order("b", "beihe").order_line
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET confidentiality_label_id = NULL,"
            " confidentiality_owner_id = NULL"
        )
        line._label_rows()
        self.env.invalidate_all()
        self.assertEqual(line.confidentiality_label_id, order.confidentiality_label_id)
        self.assertEqual(line.confidentiality_owner_id, self.users["a"])
        self.assertFalse(other.confidentiality_label_id)

    def test_no_rule_needs_a_join(self):
        access = self.env["confidentiality.grant"]._access_of(self.users["t"])
        registry = self.env["confidentiality.model"]
        for model in ("sale.order.line", "account.move.line"):
            domain = registry._domain_of(model, access)
            self.assertNotIn("any", str(domain), model)
            query = self.env[model].sudo()._search(domain)
            self.assertEqual(query.select().code.upper().count("SELECT"), 1, model)

    def test_a_filled_database_is_labelled_in_batches(self):
        """Two thousand customers with an order each: every batch asks the same, whatever came."""
        order = self._order("a", "beihe")
        self.env.flush_all()
        self._copy(self.customers["beihe"], 2000, "res_partner", city=SQL("'Filled'"))
        ids = SQL("(SELECT id FROM res_partner WHERE city = 'Filled')")
        self._copy(order, ids, "sale_order", partner_id=SQL("each.n"), name=SQL("'F' || each.n"))
        orders = SQL("(SELECT id FROM sale_order WHERE name LIKE 'F%%' AND id > %s)", order.id)
        self._copy(order.order_line, orders, "sale_order_line", order_id=SQL("each.n"))
        self.env.invalidate_all()
        self.env["confidentiality.default"].create(
            {
                "model_id": self.env.ref("sales_confidentiality.protected_res_partner").id,
                "domain": "[('city', '=', 'Filled')]",
                "level_id": self.env.ref("sales_confidentiality.level_secret").id,
            }
        )
        batches, queries = [], [self.cr.sql_log_count]

        def progress(cron, processed=0, **kwargs):
            self.env.flush_all()
            self.env.invalidate_all()
            batches.append(processed)
            queries.append(self.cr.sql_log_count)
            return 100

        with (
            patch.object(confidentiality_default, "BATCH", 500),
            patch.object(self.env.registry["ir.cron"], "_commit_progress", progress),
        ):
            self.env["confidentiality.default"]._cron_apply()
        self.assertEqual(batches, [500] * 4)
        asked = [after - before for before, after in zip(queries, queries[1:], strict=False)]
        # The first one also reads the settings
        self.assertLess(max(asked[1:]) - min(asked[1:]), 3, asked)
        self.assertLess(max(asked), 150, "a few for each batch, none for each record")
        secret = self._label("secret", "contract")
        lines = self.env["sale.order.line"].search([("order_id.name", "=like", "F%")])
        copies = lines.filtered(lambda line: line.order_id.partner_id.city == "Filled")
        self.assertEqual(len(copies), 2000)
        self.assertEqual(copies.confidentiality_label_id, secret)
        self.assertEqual(copies.confidentiality_owner_id, self.users["a"])

    def _copy(self, record, each, table, **changes):
        """Copies of a row by SQL, one for each ``n``: a database that was there before."""
        self.env.cr.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attname <> 'id'",
            [table],
        )
        columns = [column for (column,) in self.env.cr.fetchall()]
        if isinstance(each, int):
            each = SQL("(SELECT generate_series(1, %s))", each)
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s AS source, %s AS each(n) WHERE source.id = %s",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(
                    changes.get(column) or SQL.identifier("source", column) for column in columns
                ),
                SQL.identifier(table),
                each,
                record.id,
            )
        )


@tagged("post_install", "-at_install")
class TestDecisions(ConfidentialityCommon):
    """Who may put a record on a list; what ends protection is on record (C50)."""

    def test_only_members_put_a_record_on_their_list(self):
        listed = self._list("Project East", "a")
        order = self._order("a", "beihe")
        colleague = self._order("km", "beihe")
        with self.assertRaises(AccessError) as refused:
            self._as(colleague, "km").confidentiality_label_id = listed.id
        self.assertIn("need-to-know", str(refused.exception))
        with self.assertRaises(AccessError):
            self._order("km", "beihe", confidentiality_label_id=listed.id)
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(self.users["km"]).with_context(
                default_confidentiality_label_id=listed.id
            ).create({"partner_id": self.customers["beihe"].id})
        self._as(order, "a").confidentiality_label_id = listed.id
        self.assertEqual(order.confidentiality_label_id, listed)
        self.assertEqual(order.order_line.confidentiality_label_id, listed)
        self._as(colleague, "gm").confidentiality_label_id = listed.id
        self.assertEqual(colleague.confidentiality_label_id, listed, "the officer")

    def test_a_former_member_does_not(self):
        listed = self._list("Project West", "a")
        order = self._order("a", "beihe")
        listed.member_ids.date_to = "2020-02-01"
        with self.assertRaises(AccessError):
            self._as(order, "a").confidentiality_label_id = listed.id

    def events(self, record):
        return self.env["regulation.register"].search(
            [
                ("event", "=", "label_mode"),
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
            ]
        )

    def test_archived_figures_are_on_record(self):
        """Archiving a category of figures ends their protection: a row says who did it."""
        cost = self.env.ref("sales_confidentiality.category_cost")
        for login in ("km", "adm", "fin"):
            with self.assertRaises(AccessError):
                self._as(cost, login).active = False
        self._as(cost, "gm").active = False
        row = self.events(cost)[:1]
        self.assertEqual(row.code, "cost/active=False")
        self.assertEqual(row.user_id, self.officer)
        self._as(cost, "gm").is_right = False
        self.assertEqual(self.events(cost)[:1].code, "cost/is_right=False")

    def test_a_deleted_setting_is_on_record(self):
        row = self.env.ref("sales_confidentiality.protected_crm_activity_report")
        with self.assertRaises(AccessError):
            self._as(row, "adm").unlink()
        number = row.id
        self._as(row, "gm").unlink()
        [event] = self.env["regulation.register"].search(
            [("res_model", "=", "confidentiality.model"), ("res_id", "=", number)]
        )
        self.assertEqual((event.code, event.user_id), ("deleted", self.officer))

    def test_an_archived_setting_stays_archived(self):
        """Whoever asks first with archived records in view does not bring it back."""
        row = self.env.ref("sales_confidentiality.protected_sale_order_line")
        row.active = False
        registry = self.env["confidentiality.model"].with_context(active_test=False)
        self.assertNotIn("sale.order.line", registry._protection().models)
        rule = self.env["confidentiality.default"].create(
            {
                "model_id": self.env.ref("sales_confidentiality.protected_crm_lead").id,
                "level_id": self.env.ref("sales_confidentiality.level_secret").id,
                "active": False,
            }
        )
        rules = rule.with_context(active_test=False)
        self.assertNotIn("crm.lead", rules._ids_by_model())
