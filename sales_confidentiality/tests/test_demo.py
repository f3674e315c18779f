# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo company is ready: labels hide nothing, until one category is enforced (C50)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].search([("name", "=", "Hua Xin Components")])
        users = cls.env["res.users"].search([("company_id", "in", cls.company.ids)])
        cls.people = {user.login: user for user in users}

    def setUp(self):
        super().setUp()
        if "qiu" not in self.people:
            self.skipTest("Installed without demo data.")
        self.env["regulation.demo"]._label_records()
        self.customer = self.env["res.partner"].search(
            [("company_id", "=", self.company.id), ("name", "=", "Xinghai Electronics")]
        )

    def read(self, login):
        """Name and telephone of the labelled customer, as that person is told."""
        partners = self.customer.browse().with_user(self.people[login])
        self.env.invalidate_all()
        rows = partners.search_read([("id", "=", self.customer.id)], ["name", "phone"])
        return [(row["name"], row["phone"]) for row in rows]

    def test_nothing_is_hidden_before(self):
        self.assertTrue(self.customer.confidentiality_label_id)
        self.assertTrue(self.customer.sale_order_ids.confidentiality_label_id)
        for login in ("wangfang", "liqiang", "zhaomin", "zheng", "zhou"):
            self.assertEqual(self.read(login), [(self.customer.name, self.customer.phone)], login)

    def test_enforced_by_its_officer(self):
        """By one step each: officer, director, finance and legal are cleared."""
        categories = self.env["confidentiality.category"]
        for code in ("customer", "contract", "cost", "credit"):
            categories |= self.env.ref(f"sales_confidentiality.category_{code}")
        categories.with_user(self.people["zhou"]).with_company(self.company).mode = "enforce"
        in_full = [(self.customer.name, self.customer.phone)]
        for login in ("zhou", "chengang", "wangfang"):
            self.assertEqual(self.read(login), in_full, login)
        # no NDA; an NDA that has expired
        for login in ("liqiang", "zhaomin", "wu"):
            self.assertEqual(self.read(login), [], login)
        [(name, phone)] = self.read("zheng")
        self.assertEqual(name, self.customer.name)
        self.assertIn("****", phone)
        project = self.env["crm.lead"].search(
            [("confidentiality_label_id.is_compartment", "=", True)]
        )
        self.assertEqual(project.company_id, self.company)
        for login, seen in {"wangfang": 1, "chengang": 1, "gao": 0, "liqiang": 0}.items():
            found = project.with_user(self.people[login]).search_count([("id", "=", project.id)])
            self.assertEqual(found, seen, login)
