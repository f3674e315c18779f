# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractRights(ContractCommon):
    """Who sees and writes contracts, over what boundaries."""

    def _sees(self, login):
        return bool(
            self.env["sales.contract"]
            .with_user(self.users[login])
            .search([("id", "=", self.contract.id)])
        )

    def setUp(self):
        super().setUp()
        self.contract = self._drafted(self._order("a", quantity=10))

    def test_readers(self):
        """Representative his own, leader the team's, legal, finance, audit all; nobody else."""
        self.assertEqual(
            {login for login in self.users if self._sees(login)},
            {"a", "km", "rm", "dgm", "gm", "sgm", "tm", "leg", "fin", "aud", "adm"},
        )
        for login in ("b", "t", "wh", "clk"):
            with self.assertRaises(AccessError):
                self._as(self.contract, login).read(["name"])
            with self.assertRaises(AccessError):
                self._as(self.contract, login).line_ids.read(["name"])

    def test_readers_open_the_form(self):
        """Legal, finance and audit open a contract though they may not read orders."""
        self._signed(self.contract)
        for login in ("a", "km", "leg", "fin", "aud", "adm"):
            with self.subTest(login=login):
                self.assertEqual(Form(self._as(self.contract, login)).name, self.contract.name)

    def test_writers(self):
        """Legal, finance and audit read; they change nothing, nor take a step."""
        for login in ("leg", "fin", "aud", "b", "wh"):
            contract = self._as(self.contract, login)
            for step in (
                lambda contract=contract: contract.write({"delivery_date": "2030-02-01"}),
                lambda contract=contract: contract.line_ids.write({"price_unit": 1.0}),
                lambda contract=contract: contract.action_submit(),
                lambda contract=contract: contract.action_cancel("no"),
                lambda contract=contract: contract.unlink(),
            ):
                with self.assertRaises(AccessError):
                    step()
        for login in ("leg", "a"):
            with self.assertRaises(AccessError):
                self.env["sales.contract.type"].with_user(self.users[login]).create(
                    {"name": "Own", "code": "own", "legal_review": False}
                )

    def test_evidence(self):
        """Versions and signatures are written by the system only, and deleted by nobody."""
        self._signed(self.contract)
        for login in ("a", "km", "gm", "adm"):
            for model, vals in (
                ("sales.contract.version", {"number": 9, "at": "2026-01-01", "fingerprint": "x"}),
                (
                    "sales.contract.signature",
                    {"method": "scan", "signer_name": "Me", "fingerprint": "x"},
                ),
            ):
                rows = self.env[model].with_user(self.users[login])
                with self.assertRaises(AccessError):
                    rows.create({"contract_id": self.contract.id, **vals})
                own = rows.search([("contract_id", "=", self.contract.id)])
                self.assertTrue(own)
                with self.assertRaises(AccessError):
                    own.write({"fingerprint": "x"})
                with self.assertRaises(AccessError):
                    own.unlink()
        scan = self.env["ir.attachment"].search(
            [("res_model", "=", "sales.contract.signature"), ("res_field", "=", "scan")]
        )
        self.assertTrue(scan)
        for login in ("a", "gm", "adm"):
            with self.assertRaises(AccessError):
                scan.with_user(self.users[login]).unlink()

    def test_cancel(self):
        """Given up with a reason; what waited for a decision waits no more."""
        self.contract.action_submit()
        with self.assertRaisesRegex(UserError, "reason"):
            self.contract.action_cancel("")
        self.contract.action_cancel("The customer decided otherwise")
        self.assertEqual(self.contract.state, "cancelled")
        self.assertFalse(self._pending(self.contract, "contract_business"))
        with self.assertRaises(UserError):
            self.contract.action_submit()

    def test_two_companies(self):
        """A contract and its orders are of one company; its regulation is that company's."""
        other = self.env["res.company"].create({"name": "Branch", "currency_id": self.cny.id})
        self.users["a"].sudo().company_ids |= other
        rep = self.env["sales.contract"].with_user(self.users["a"])
        rep = rep.with_context(allowed_company_ids=[other.id, self.company.id])
        partner = self.env["res.partner"].create({"name": "Shared customer"})
        free = rep.create({"partner_id": partner.id, "company_id": other.id})
        free.action_submit()
        self.assertEqual(free.state, "approved")  # no regulation there
        with self.assertRaises(UserError):
            self._order("a").with_context(
                allowed_company_ids=[self.company.id, other.id]
            ).regulation_contract_id = free
        with self.assertRaises(AccessError):
            self._as(free.with_context(allowed_company_ids=[self.company.id]), "km").read(["name"])

    def test_contact_is_no_party(self):
        contact = self.env["res.partner"].create(
            {"name": "Lin", "parent_id": self.customers["xinghai"].id}
        )
        with self.assertRaisesRegex(ValidationError, "is a contact"):
            self.env["sales.contract"].with_user(self.users["a"]).create({"partner_id": contact.id})

    def test_defaults_of_the_policy(self):
        """S4-120: delivery period and return window are proposed by the regulation."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._contract_profile(
            contract_delivery_days=30,
            contract_return_days=7,
            contract_payment_term_id=self._payment_term().id,
        )
        contract = (
            self.env["sales.contract"]
            .with_user(self.users["a"])
            .create(
                {
                    "partner_id": self.customers["beihe"].id,
                    "line_ids": [
                        Command.create(
                            {"product_id": self.product.id, "quantity": 1, "price_unit": 100.0}
                        )
                    ],
                }
            )
        )
        self.assertEqual((contract.delivery_days, contract.return_days), (30, 7))
        self.assertEqual(contract.payment_term_id, self._payment_term())
        self.assertFalse(contract.missing_terms)

    def test_deadline_of_the_review(self):
        """The time limit of a review runs from its beginning and is kept or breached."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self._contract_profile(
            deadline_rule_ids=[
                Command.create(
                    {
                        "code": "approval_contract_business",
                        "name": "Business review",
                        "unit": "working_days",
                        "value": 1,
                    }
                )
            ]
        )
        self.contract.action_submit()
        deadline = self.env["regulation.deadline"].search(
            [("res_model", "=", "sales.contract"), ("res_id", "=", self.contract.id)]
        )
        self.assertEqual(deadline.code, "approval_contract_business")
        self._decide(self.contract, "contract_business", "km")
        self.assertEqual(deadline.state, "kept")

    def test_adopted_profiles_get_new_gates_off(self):
        """An update surprises nobody: a gate that is new stands there, switched off."""
        profile = self._profile(gates={})
        self.assertFalse(profile.gate_ids)
        self.env["regulation.profile.gate"]._add_missing()
        self.assertEqual(set(profile.gate_ids.mapped("mode")), {"off"})
        self.assertEqual(profile.gate_ids.gate_id, self.env["regulation.gate"].search([]))
        line = profile.gate_ids.filtered(lambda row: row.gate_id.code == "contract_signed")
        line.with_user(self.users["gm"]).action_enforce()
        self.assertEqual(line.mode, "enforce")

    def test_each_reader_opens_the_form(self):
        """Legal reviews without being allowed to read orders; nothing on the form refuses."""
        contract = self.contract
        contract.action_submit()
        for login in ("a", "km", "leg", "fin", "gm", "aud"):
            with self.subTest(login=login):
                seen = self._as(contract, login)
                for kind in ("form", "list", "kanban"):
                    arch = etree.fromstring(
                        seen.get_views([(False, kind)])["views"][kind]["arch"]
                    )
                    names = {
                        node.get("name")
                        for node in arch.iter("field")
                        if not any(parent.tag == "field" for parent in node.iterancestors())
                    } & set(seen._fields)
                    seen.invalidate_recordset()
                    seen.web_read(
                        {
                            name: {"fields": {"display_name": {}}}
                            if seen._fields[name].relational
                            else {}
                            for name in names
                        }
                    )
