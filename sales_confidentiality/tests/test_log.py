# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ConfidentialityCommon


@tagged("post_install", "-at_install")
class TestLog(ConfidentialityCommon):
    """Who looked at what; who was refused; who would have been (C52)."""

    def rows(self, *outcomes):
        with self.enter_registry_test_mode():
            self.cr.postrollback.run()
        self.cr.postcommit.clear()
        self.env.invalidate_all()
        return self.env["confidentiality.log"].search([("outcome", "in", outcomes)])

    def test_reads(self):
        order = self._order("a")
        self._as(self.xinghai, "km").read(["name"])
        self._as(self.xinghai, "km").read(["phone"])
        self._as(self.customers["beihe"], "km").read(["name"])
        row = self.rows("allowed").filtered(
            lambda row: row.user_id == self.users["km"] and row.model == "res.partner"
        )
        self.assertEqual(len(row), 1, "one row per request, person, model, label and channel")
        self.assertEqual((row.number, row.channel), (2, "read"))
        self.assertEqual(row.label_id, self.xinghai.confidentiality_label_id)
        self.assertTrue(order)

    def test_denials(self):
        with self.assertRaises(AccessError):
            self._as(self.xinghai, "t").read(["name"])
        row = self.rows("denied")
        self.assertEqual((row.user_id, row.model), (self.users["t"], "res.partner"))

    def test_observed(self):
        self.env.ref("sales_confidentiality.category_customer").mode = "observe"
        self._as(self.xinghai, "t").read(["name"])
        self._as(self.xinghai, "a").read(["name"])
        row = self.rows("observed")
        self.assertEqual(row.user_id, self.users["t"])

    def test_nobody_changes_it(self):
        self._as(self.xinghai, "km").read(["name"])
        row = self.rows("allowed")[0]
        for user in (self.officer, self.env.ref("base.user_root")):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"number": 0})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
        with self.assertRaises(AccessError):
            row.create({"at": "2026-01-01", "model": "res.partner"})
        with self.assertRaises(AccessError):
            self.env["confidentiality.log"].with_user(self.users["a"]).search([])
