# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from .open import BY_MODEL, MORE_PATHS, OPEN, PRODUCT_PATHS, table
from .world import PRODUCTS, activate

DOCS = Path(__file__).resolve().parents[2] / "docs" / "confidentiality.md"
#: addons of the tests, which are never shipped
EXAMPLES = ("sales_regulation_example", "regulation_testing")
REFERENCES = ("reference", "many2one_reference")


@tagged("post_install", "-at_install")
class TestPaths(TransactionCase):
    """Every model that leads to a protected record is closed, or stands in the table (C50)."""

    examples = EXAMPLES
    #: proposed rows of the registry that the company has activated
    activated = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "confidentiality.model" not in cls.env:
            raise unittest.SkipTest("sales_confidentiality is not installed")
        activate(cls.env, cls.activated)
        cls.more_paths = MORE_PATHS
        if cls.activated:
            cls.more_paths = {
                name: (*MORE_PATHS.get(name, ()), *PRODUCT_PATHS.get(name, ()))
                for name in MORE_PATHS | PRODUCT_PATHS
            }
        cls.registry_rows = cls.env["confidentiality.model"]._protection().models

    def models(self):
        """Models that keep records; what a dialog keeps is read by who opened it."""
        for name, model in sorted(self.env.registry.items()):
            if model._original_module in self.examples:
                continue
            if not model._abstract and not model._transient:
                yield name, self.env[name]

    def protected(self, name):
        return name in self.registry_rows or bool(
            set(self.env[name]._inherits) & set(self.registry_rows)
        )

    def paths(self, model):
        """``{field: what it leads to}`` of the fields that name or repeat a protected record."""
        found = {}
        for name, field in model._fields.items():
            if field.type in ("many2one", "many2many") and field.store:
                if self.protected(field.comodel_name) and not self.employees_only(field):
                    found[name] = field.comodel_name
            elif field.type in REFERENCES and field.store:
                found[name] = field.type
            elif field.related and not field.inherited:
                step = model
                for part in field.related.split(".")[:-1]:
                    step = self.env[step._fields[part].comodel_name]
                    if self.protected(step._name) and step._name != "res.users":
                        found[name] = field.related
        return found

    def employees_only(self, field):
        """Of users only those of customers are hidden: documents name employees."""
        return field.comodel_name == "res.users"

    def test_every_path_is_closed_or_listed(self):
        open_paths = {
            name: paths
            for name, model in self.models()
            if not self.protected(name) and (paths := self.paths(model)) and name not in BY_MODEL
        }
        self.assertFalse(
            open_paths,
            "register the model (confidentiality.model), or say why it stays open (open.py)",
        )

    def test_nothing_is_listed_that_is_closed(self):
        known = [(name, row) for name, row in BY_MODEL.items() if name in self.env]
        closed = [name for name, _row in known if self.protected(name)]
        closed = [name for name in closed if name not in self.activated]
        self.assertFalse(closed, "closed: take them out of open.py")
        nowhere = [
            name
            for name, row in known
            if not row.tells
            and (self.activated or not row.products)
            and not self.paths(self.env[name])
        ]
        self.assertFalse(nowhere, "they lead nowhere: take them out of open.py")

    def uncovered(self, name, row):
        """The paths of a registered model that neither hide its rows nor raise their label."""
        covered = {path.split(".")[0] for path in (*row.paths, *row.sources)}
        return {
            path
            for path in self.paths(self.env[name])
            if path not in covered
            and (self.env[name]._fields[path].related or "").split(".")[0] not in covered
        }

    def test_registered_models_follow_all_their_paths(self):
        """A satellite names every document whose facts it repeats: not only one of them."""
        more = {}
        for name, row in self.registry_rows.items():
            for path in row.paths:
                self.assertIn(path, self.env[name]._fields, name)
            if not row.paths:
                self.assertTrue(row.label_field, name)
                self.assertTrue(self.env[name]._fields[row.label_field].store or not self.env[name]._auto)
            if paths := self.uncovered(name, row) - set(self.more_paths.get(name, ())):
                more[name] = sorted(paths)
        self.assertFalse(more, "follow them (confidentiality.model), or say in open.py why not")

    def test_no_second_path_is_listed_that_is_closed(self):
        stale = {
            name: sorted(set(paths) - self.uncovered(name, self.registry_rows[name]))
            for name, paths in self.more_paths.items()
            if name in self.registry_rows
        }
        self.assertFalse({name: paths for name, paths in stale.items() if paths})

    def test_a_second_path_is_noticed(self):
        """A planted hole: one of two records that a row repeats is followed."""
        row = self.env["confidentiality.model"].search([("model", "=", "customer.relation")])
        row.path = "partner_id"
        self.registry_rows = self.env["confidentiality.model"]._protection().models
        with self.assertRaises(AssertionError) as found:
            self.test_registered_models_follow_all_their_paths()
        self.assertIn("related_id", str(found.exception))

    def test_labels_are_stored_and_indexed(self):
        """No rule needs a join where there are very many rows: label and owner are columns."""
        for name in ("res.partner", "crm.lead", "sale.order", "sale.order.line", "account.move",
                     "account.move.line"):
            row = self.registry_rows[name]
            self.assertTrue(row.label_field, name)
            self.env.cr.execute(
                "SELECT indexdef FROM pg_indexes WHERE tablename = %s", [self.env[name]._table]
            )
            # "One of these labels, or none" is one condition, which the index carries
            columns = (
                f"(company_id, COALESCE({row.label_field}, 0), {row.label_field}, {row.owner_field})"
            )
            self.assertTrue(any(columns in index for (index,) in self.env.cr.fetchall()), name)

    def test_a_new_path_is_noticed(self):
        """A planted hole: a registered model taken out of the registry."""
        self.env["confidentiality.model"].search([("model", "=", "sales.contact")]).active = False
        self.registry_rows = self.env["confidentiality.model"]._protection().models
        with self.assertRaises(AssertionError) as found:
            self.test_every_path_is_closed_or_listed()
        self.assertIn("sales.contact", str(found.exception))

    def test_the_path_of_another_addon_is_noticed(self):
        """The addon of our documentation's example names a customer and registers nothing."""
        if "sample.request" not in self.env:
            self.skipTest("the example is not installed")
        self.patch(type(self), "examples", ())
        with self.assertRaises(AssertionError) as found:
            self.test_every_path_is_closed_or_listed()
        self.assertIn("sample.request", str(found.exception))

    def test_the_docs_say_the_same(self):
        text = DOCS.read_text(encoding="utf8")
        section = text.split("## What stays open")[1].split("\n## ")[0]
        rows = [line for line in section.splitlines() if line.startswith("| ")]
        self.assertEqual(rows[1:], table())
        self.assertTrue(all(row.why for row in OPEN))


@tagged("post_install", "-at_install")
class TestProductPaths(TestPaths):
    """The same where a company protects products and price lists."""

    activated = PRODUCTS
