# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.tours.common import PhoneTour, TourCommon

from .common import ConfidentialityCommon

SET = "o_confidentiality_set"


@tagged("post_install", "-at_install")
class TestBanner(ConfidentialityCommon):
    """Whoever may write a record gives it a label on its form; everybody sees who sees it."""

    def arch(self, login, model):
        return self.env[model].with_user(self.users[login]).get_view(view_type="form")["arch"]

    def test_every_form(self):
        rows = self.env["confidentiality.model"]._protection().models.values()
        shown = 0
        for row in rows:
            model = self.env[row.name].with_user(self.users["gm"])
            if not row.label_field or row.paths or not model._auto or not model.has_access("read"):
                continue
            with self.subTest(row.name):
                arch = self.arch("gm", row.name)
                self.assertIn('name="action_confidentiality"', arch)
                self.assertEqual(SET in arch, model.has_access("write"))
                shown += 1
        self.assertGreater(shown, 10)
        for name in ("sales.plan", "solution.proposal", "price.change.request"):
            self.assertIn("action_confidentiality", self.arch("gm", name))
        self.assertIn(SET, self.arch("fin", "account.move"))
        self.assertNotIn("o_confidentiality", self.arch("gm", "crm.lead.lost"))
        self.assertNotIn("o_confidentiality", self.arch("gm", "product.template"))

    def test_before_the_first_label(self):
        """Installing changes nothing: the officer alone can begin."""
        with patch.object(
            type(self.env["confidentiality.default"]), "_in_use", lambda _self: False
        ):
            self.assertNotIn("o_confidentiality", self.arch("a", "sale.order"))
            self.assertIn(SET, self.arch("gm", "sale.order"))

    def test_who_only_reads(self):
        read_only = [
            row.name
            for row in self.env["confidentiality.model"]._protection().models.values()
            if row.label_field
            and not row.paths
            and self.env[row.name]._auto
            and (model := self.env[row.name].with_user(self.users["aud"])) is not None
            and model.has_access("read")
            and not model.has_access("write")
        ]
        self.assertTrue(read_only)
        for name in read_only:
            self.assertNotIn(SET, self.arch("aud", name))
            self.assertIn("action_confidentiality", self.arch("aud", name))

    def wizard(self, login, record, **values):
        return (
            self.env["confidentiality.lower"]
            .with_user(self.users[login])
            .create({"res_model": record._name, "res_id": record.id, **values})
        )

    def level(self, code):
        return self.env.ref(f"sales_confidentiality.level_{code}")

    def test_a_first_label(self):
        order = self._order("a", "beihe")
        wizard = self.wizard("a", order)
        self.assertFalse(wizard.old_label_id)
        self.assertEqual(wizard.level_ids, self.env["confidentiality.level"].search([]))
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.level_id = self.level("secret")
        wizard.action_apply()
        self.assertEqual(order.confidentiality_label_id, self._label("secret", "contract"))
        with self.assertRaises(AccessError):
            self.wizard("t", order, level_id=self.level("secret").id).action_apply()

    def test_raising_and_lowering(self):
        order = self._order("a")
        wizard = self.wizard("a", order)
        self.assertEqual(wizard.old_label_id, self._label("confidential", "contract"))
        self.assertEqual(wizard.level_ids, self.level("secret"))
        self.assertFalse(wizard.is_officer)
        for values in (
            {"level_id": self.level("internal").id},
            {"label_id": self._label("secret", "sales").id},
        ):
            with self.assertRaises(AccessError):
                self.wizard("a", order, reason="I want to", **values).action_apply()
        wizard.level_id = self.level("secret")
        wizard.action_apply()
        self.assertEqual(order.confidentiality_label_id, self._label("secret", "contract"))
        with self.assertRaises(UserError):
            self.wizard("gm", order, level_id=self.level("internal").id).action_apply()
        self.wizard(
            "gm", order, level_id=self.level("internal").id, reason="In the press"
        ).action_apply()
        self.assertEqual(order.confidentiality_label_id, self._label("internal", "contract"))
        self.wizard("gm", order, reason="No secret at all").action_apply()
        self.assertFalse(order.confidentiality_label_id)
        changes = self.env["confidentiality.change"].search([("res_id", "=", order.id)])
        self.assertEqual(set(changes.mapped("reason")), {"In the press", "No secret at all"})

    def test_lists_of_which_one_is(self):
        mine, theirs = self._list("Project X", "a"), self._list("Project Y", "km")
        order = self._order("a", "beihe")
        wizard = self.wizard("a", order)
        self.assertIn(mine, wizard.label_ids)
        self.assertNotIn(theirs, wizard.label_ids)
        wizard.label_id = mine
        wizard.action_apply()
        self.assertEqual(order.confidentiality_label_id, mine)
        self.assertFalse(self.wizard("a", order).level_ids, "left by the officer only")

    def test_only_what_carries_a_label(self):
        for name in ("res.country", "sale.order.line", "no.such.model"):
            with self.assertRaises(UserError):
                self.wizard("gm", self.env["res.country"].browse(1), res_model=name).action_apply()
        with self.assertRaises(UserError):
            self.env["res.country"].browse(1).action_confidentiality()
        with self.assertRaises(UserError):
            self.env["res.country"].browse(1).action_confidentiality_lower(False, "x")
        # Nor does it tell the label of a record that one may not read
        with self.assertRaises(AccessError):
            self.wizard("t", self.xinghai).read(["old_label_id"])


@tagged("post_install", "-at_install")
class TestBannerTour(TourCommon):
    """A customer gets his first label on his form, and says who sees him."""

    def test_label(self):
        beihe = self.customers["beihe"]
        beihe.user_id = self.users["a"]
        self.env["confidentiality.label"]._get(
            self.env.ref("sales_confidentiality.level_internal"),
            self.env.ref("sales_confidentiality.category_customer"),
        )
        self._tour("a", "labels_customer", self._url(beihe))
        self.assertEqual(beihe.confidentiality_label_id.level_id.code, "secret")


@tagged("post_install", "-at_install")
class TestBannerTourPhone(PhoneTour, TestBannerTour):
    """The same on a phone."""
