# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.sales_regulation.tools import engine

from .common import StorylineCase
from .rpc import RpcError

try:
    from odoo.addons.sales_confidentiality.tests.common import ConfidentialWorld
except ImportError:
    ConfidentialWorld = object


@tagged("post_install", "-at_install")
class TestStorylineConfidentiality(ConfidentialWorld, StorylineCase):
    """Confidentiality checks of the storyline: who reads what of Xinghai, over RPC (C50-C52)."""

    enforced = ("customer", "contract", "cost", "credit")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "confidentiality.grant" not in cls.env:
            raise unittest.SkipTest("sales_confidentiality is not installed")
        cls._build_secrets()

    def test_the_table(self):
        """One order from quotation to confirmation under labels, then the table row by row."""
        self.at("2026-03-10 10:00")
        order = self.quotation()
        contract = self.contract(order)
        self.confirm(order)
        self.assertEqual(order.amount_untaxed, 960_000)
        self.at("2026-03-20 10:00")
        self.xinghai.dossier_needs = "Ten thousand chips a month"
        scan = contract.signature_ids[:1]
        file = self.env["ir.attachment"].create(
            {
                "name": "annex.txt",
                "raw": b"960,000.00",
                "res_model": "sales.contract",
                "res_id": contract.id,
            }
        )
        #        search  phone    dossier contract  report   cost  credit
        table = {
            "A": (True, True, True, True, True, False, None),
            "B": (True, False, False, False, False, False, False),
            "T": (False, False, False, False, False, False, False),
            "KM": (True, True, True, True, True, True, True),
            "LEG": (True, False, False, True, False, False, False),
            "FIN": (True, False, False, True, True, False, True),
            "WH": (True, False, False, False, False, False, False),
            "CLK": (True, False, False, False, False, False, False),
            "DGM": (True, True, True, True, True, True, True),
            "RM": (True, True, True, True, True, True, True),
            "HR": (False, False, False, False, False, False, False),
            "AUD": (True, False, False, True, True, False, False),
            "GM": (True, True, True, True, True, True, True),
        }
        failed = {}
        for login, row in table.items():
            cells = self.cells(self.person(login), contract, scan, file)
            for name, expected in zip(cells, row, strict=True):
                if expected is not None and cells[name] != expected:
                    failed[f"{login} {name}"] = cells[name]
        self.assertFalse(failed)

    def cells(self, person, contract, scan, file):
        """The row of one person, each cell asked by every way there is."""
        number = self.xinghai.id
        found = {
            bool(person.search("res.partner", ["name", "ilike", "Xinghai"])),
            bool(person.call("res.partner", "name_search", name="Xinghai")),
            bool(person.count("res.partner", ["id", "=", number])),
            self.value(person, "res.partner", number, "name") == "Xinghai Electronics",
            self.value(person, "res.partner", number, "street") == "1 Harbour Road",
        }
        phone = self.value(person, "res.partner", number, "phone")
        self.assertIn(phone, ("0755 1111 0001", "075****0001", False))
        credit = self.value(person, "res.partner", number, "regulation_credit_used")
        opened = {
            self.reaches(person, "sales.contract", contract.id),
            self.reaches(person, "ir.attachment", file.id),
            self.downloads(person, f"/web/content/{file.id}"),
            self.downloads(person, f"/web/content/{scan._name}/{scan.id}/scan"),
        }
        for name, answers in (("search", found), ("contract", opened)):
            self.assertEqual(len(answers), 1, f"{person.login}: the ways to {name} differ")
        return {
            "search": found.pop(),
            "phone": phone == "0755 1111 0001",
            "dossier": bool(self.value(person, "res.partner", number, "dossier_needs")),
            "contract": opened.pop(),
            "report": self.reported(person) == 960_000,
            "cost": self.cost(person) == 78.0,
            "credit": credit is not False,
        }

    def value(self, person, model, number, field):
        try:
            return person.read(model, number, field)
        except RpcError as refusal:
            self.assertEqual(refusal.name, "AccessError")
            return False

    def downloads(self, person, url):
        """Whether the file comes, and a proper refusal if not."""
        self.authenticate(person.login, person.login)
        response = self.url_open(url, allow_redirects=False)
        self.authenticate(None, None)  # the keys of RPC go without a session
        self.assertIn(response.status_code, (200, 403, 404), url)
        return response.status_code == 200

    def test_technician(self):
        """TEC: only the tickets that are assigned to it, without the customer's name (no exam)."""
        self.at("2026-03-10 10:00")
        self.users["tec"] = new_test_user(
            self.env,
            login="reg_tec",
            groups="sales_regulation.group_regulation_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        kind = self.env["sales.ticket.kind"].search([], limit=1)
        mine, theirs = engine(self.env["sales.ticket"]).create(
            [
                {
                    "subject": "Does not start",
                    "kind_id": kind.id,
                    "partner_id": self.xinghai.id,
                    "company_id": self.company.id,
                    "user_id": self.users[login].id,
                }
                for login in ("tec", "a")
            ]
        )
        # whoever enters a ticket has it first
        engine(mine).user_id, engine(theirs).user_id = self.users["tec"], self.users["a"]
        tec = self.person("tec")
        self.assertEqual(mine.confidentiality_label_id, self._label("internal", "customer"))
        self.assertTrue(self.reaches(tec, "sales.ticket", mine.id))
        self.assertFalse(self.reaches(tec, "sales.ticket", theirs.id))
        self.assertFalse(tec.search("res.partner", ["name", "ilike", "Xinghai"]))
        [row] = tec.call("sales.ticket", "read", mine.ids, fields=["partner_id", "subject"])
        self.assertEqual(row["partner_id"], [self.xinghai.id, "Confidential"])

    def test_clerk(self):
        """CLK and WH: the address on the notice, and the number is not on their card."""
        self.at("2026-03-10 10:00")
        order = self.quotation()
        self.contract(order)
        self.confirm(order)
        self.pay(order, order.amount_total)
        self.at("2026-03-18 10:00")
        notice = self.release_dispatch(order, contact_phone="0755 1111 0009")
        for login in ("CLK", "WH"):
            person = self.person(login)
            seen = person.read("dispatch.notice", notice.id, "contact_phone", "order_id")
            self.assertEqual(seen["contact_phone"], "0755 1111 0009", login)
            self.assertEqual(person.read("res.partner", self.xinghai.id, "phone"), "075****0001")
            self.assertFalse(self.reaches(person, "sale.order", order.id), login)
            [row] = person.call("dispatch.notice", "read", notice.ids, fields=["order_id"])
            self.assertEqual(row["order_id"], [order.id, "Confidential"], login)

    def test_everybody_works(self):
        """Pay, dispatch, ship and invoice the labelled order, each role with its own rights."""
        self.at("2026-03-10 10:00")
        order = self.quotation()
        self.contract(order)
        self.confirm(order)
        self.pay(order, order.amount_total)
        self.at("2026-03-18 10:00")
        notice = self.release_dispatch(order)
        self.assertEqual(notice.confidentiality_label_id, self._label("internal", "contract"))
        self.carrier(order.picking_ids)
        self.ship(order.picking_ids)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done"})
        invoice = self.invoice(order, "2026-03-19")
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.confidentiality_label_id, self._label("confidential", "contract"))

    def reaches(self, person, model, record_id):
        try:
            return bool(person.count(model, ["id", "=", record_id]))
        except RpcError as refusal:
            self.assertEqual(refusal.name, "AccessError")
            return False

    def reported(self, person):
        try:
            [total] = person.call(
                "sale.report",
                "formatted_read_group",
                domain=[["partner_id", "=", self.xinghai.id]],
                groupby=[],
                aggregates=["price_subtotal:sum"],
            )
        except RpcError as refusal:
            self.assertEqual(refusal.name, "AccessError")
            return 0
        return total["price_subtotal:sum"] or 0

    def cost(self, person):
        try:
            return person.read("product.product", self.product.id, "standard_price")
        except RpcError as refusal:
            self.assertEqual(refusal.name, "AccessError")
            return False
