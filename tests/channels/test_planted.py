# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from .open import BY_MODEL, FIELDS
from .world import MARK, MARKS, PRODUCTS, ChannelWorld, says

#: rows of a model that are read with all their fields
ROWS = 12
#: Odoo asks the document itself for each row of these
BY_DOCUMENT = {"mail.message", "mail.activity", "ir.attachment", "mail.tracking.value"}
#: tables without a model, or whose rows are nobody's: (table, why)
NO_MODEL = {
    "bus_bus": "read by the process that serves the person's own channels",
    "ir_attachment": "its rows follow their documents",
    "ir_logging": "administrators",
    "ir_profile": "administrators",
}


@tagged("post_install", "-at_install")
class TestPlanted(ChannelWorld, TransactionCase):
    """Where the secret is written down at all, and what of it somebody reads who may not.

    The first finds copies that no relation leads to: stored computed fields, texts. The second
    finds what is computed while it is read.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_channels()
        cls.by_table = {
            model._table: name
            for name, model in sorted(cls.env.registry.items(), reverse=True)
            if model._auto and not model._abstract
        }

    def tables(self):
        """Tables in which a row says the secret."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"
        )
        pattern = "|".join(mark.replace(" ", " ") for mark in MARKS)
        for (table,) in self.env.cr.fetchall():
            query = SQL(
                "SELECT id FROM %s AS row WHERE row::text ~* %s", SQL.identifier(table), pattern
            )
            if table in self.by_table:
                if rows := [row for (row,) in self.env.execute_query(query)]:
                    yield table, rows

    def test_where_it_is_written(self):
        """Each row that says it is out of sight, or its model stands in the table of the docs."""
        seen = {}
        for table, ids in self.tables():
            name = self.by_table[table]
            model = self.env[name].with_user(self.outsider).with_context(active_test=False)
            if model._transient or table in NO_MODEL:
                continue
            excused = BY_MODEL.get(name)
            if excused and excused.tells:
                continue
            if not model.has_access("read"):
                continue
            if found := model.search([("id", "in", ids)]):
                seen[name] = found.ids
        self.assertFalse(seen, "close the model, or say in open.py why it stays open")

    def test_what_is_read(self):
        """The newest rows of every model with all their fields, as somebody who may not know."""
        told = {}
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or model._transient or name in BY_MODEL and BY_MODEL[name].tells:
                continue
            theirs = self.env[name].with_user(self.outsider).with_context(active_test=False)
            if not theirs.has_access("read"):
                continue
            for field in self.told(theirs):
                if f"{name}.{field}" not in FIELDS:
                    told.setdefault(name, []).append(field)
        self.assertFalse(told, "close the field, or say in open.py why it stays open")

    def told(self, model):
        names = [
            name
            for name, field in model._fields.items()
            if field.type not in ("binary", "properties", "properties_definition")
            and model._has_field_access(field, "read")
        ]
        rows = model.browse()
        answer = self.answer(
            lambda: model.search([], limit=ROWS, order="id desc" if model._auto else None).ids
        )
        if isinstance(answer, list):
            rows = model.browse(answer)
        elif says(answer):
            return {"search"}
        values = self.answer(lambda: rows.read(names))
        if not isinstance(values, list):
            # one field that is refused would cover up for all others
            values = [{name: self.answer(lambda n=name: rows.read([n]))} for name in names]
        return {name for row in values for name, value in row.items() if says(value)}

    def test_it_is_written_at_all(self):
        """What the tests above would not see, if nothing were planted."""
        written = {self.by_table[table] for table, _ids in self.tables()}
        self.assertLessEqual(
            {"res.partner", "sale.order", "sale.order.line", "account.move", "account.move.line",
             "crm.lead", "mail.message", "account.payment", "calendar.event"},
            written,
        )

    def open_a_hole(self):
        """Labels of order lines are not asked."""
        self.env["confidentiality.model"].search(
            [("model", "=", "sale.order.line")]
        ).active = False
        self.env.flush_all()

    def test_a_hole_is_found_where_it_is_written(self):
        self.open_a_hole()
        with self.assertRaises(AssertionError) as found:
            self.test_where_it_is_written()
        self.assertIn("sale.order.line", str(found.exception))

    def test_a_hole_is_found_where_it_is_read(self):
        self.open_a_hole()
        with self.assertRaises(AssertionError) as found:
            self.test_what_is_read()
        self.assertIn("sale.order.line", str(found.exception))


@tagged("post_install", "-at_install", "long")
class TestProductPlanted(TestPlanted):
    """The same of a product and a price list that are not released, where they are protected.

    Those who know the product have sold, shipped and invoiced it to a customer everybody knows.
    """

    share_company = False  # the registry gets columns
    activated = PRODUCTS
    concealed_name = "Confidential"

    def naming(self):
        """``(model, field)`` of whatever names a product or a price list, analyses included."""
        for name, model in sorted(self.env.registry.items()):
            theirs = self.env[name].with_user(self.outsider).with_context(active_test=False)
            if model._abstract or model._transient or not theirs.has_access("read"):
                continue
            for field in model._fields.values():
                if (
                    field.type in ("many2one", "many2many")
                    and field.comodel_name in self.documents.keys() & self.subjects
                    and theirs._has_field_access(field, "read")
                ):
                    yield theirs, field.name

    def test_groups_and_conditions(self):
        """What was sold, shipped, counted and invoiced, by product; looked for by its name."""
        asked = set()
        for theirs, name in self.naming():
            where = f"{theirs._name}.{name}"
            field = theirs._fields[name]
            if field._description_groupable(self.env):
                groups = self.assert_silent(
                    where, lambda m=theirs, n=name: m.formatted_read_group([], [n], ["__count"])
                )
                if self.concealed_name in str(groups):
                    asked.add(where)
                self.assert_silent(
                    where, lambda m=theirs, n=name: m.web_read_group([], [n], ["__count"])
                )
            if field._description_searchable:
                found = self.answer(
                    lambda m=theirs, n=name: m.search_count([(n, "ilike", MARK)])
                )
                self.assertFalse(isinstance(found, int) and found, where)
                found = self.answer(
                    lambda m=theirs, n=name: m.search_count([(f"{n}.name", "ilike", MARK)])
                )
                self.assertFalse(isinstance(found, int) and found, where)
        self.assertLessEqual(
            {
                "sale.order.line.product_id",
                "sale.report.product_tmpl_id",
                "account.invoice.report.product_id",
                "stock.move.product_id",
                "stock.quant.product_id",
            },
            asked,
        )

    def test_printed_documents(self):
        """What is printed of documents that everybody sees, and the pages of such an order."""
        order = self.traded
        for rows in (order, order.invoice_ids, order.picking_ids):
            reports = self.env["ir.actions.report"].sudo().search([("model", "=", rows._name)])
            for report in reports.filtered(lambda row: row.report_type != "qweb-text"):
                self.assert_silent(
                    report.report_name,
                    lambda r=report, i=rows.ids: r.with_user(self.outsider)._render_qweb_html(
                        r.report_name, i
                    ),
                )
