# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo import http
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tools import engine

from .common import StorylineCase
from .rpc import RpcError
from .secrets import CELLS, TABLE, StorylineSecrets

#: whose grants open credit; A's own limit is nothing that the table speaks of
CREDIT = {"km", "fin", "dgm", "rm", "gm", "off"}
#: who reads the tier by the table; of the base card it says nothing
TIER = {
    **dict.fromkeys(("a", "b", "km", "dgm", "rm", "gm", "off"), True),
    **dict.fromkeys(("t", "hr", "tec"), False),
}


@tagged("post_install", "-at_install")
class TestStorylineConfidentiality(StorylineSecrets, StorylineCase):
    """Confidentiality checks of the storyline: who gets what of Xinghai (C50-C52).

    By JSON-2 and by the addresses that a browser asks.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_table()

    def ordered(self):
        """One order from quotation to confirmation under labels: ``(order, contract)``."""
        self.at("2026-03-10 10:00")
        order = self.quotation()
        contract = self.contract(order)
        self.confirm(order)
        self.assertEqual(order.amount_untaxed, 960_000)
        return order, contract

    def file_of(self, record):
        return self.env["ir.attachment"].create(
            {
                "name": "annex.txt",
                "raw": f"960,000.00 of {record._name}".encode(),
                "res_model": record._name,
                "res_id": record.id,
            }
        )

    def assert_cells(self, cells):
        """``{login: {cell: what was found}}`` is as the table says."""
        failed = {
            f"{login} {name}": value
            for login, row in cells.items()
            for name, value in row.items()
            if value != TABLE[login][name]
        }
        self.assertFalse(failed)

    def test_the_table(self):
        """Row by row over JSON-2; a file comes to whom the contract is open."""
        _order, contract = self.ordered()
        self.at("2026-03-20 10:00")
        self._make_key_account()
        scan = contract.signature_ids[:1]
        file = self.file_of(contract)
        cells = {}
        for login in TABLE:
            person = self.person(login)
            with self.subTest(login):
                cells[login] = self.cells(person, contract, scan, file)
                credit = self.value(
                    person, "res.partner", self.xinghai.id, "regulation_credit_used"
                )
                if login != "a":
                    self.assertEqual(credit is not False, login in CREDIT)
                if login in TIER:
                    tier = self.value(person, "res.partner", self.xinghai.id, "ka_tier_id")
                    self.assertEqual(bool(tier), TIER[login], "tier")
        self.assert_cells(cells)

    @mute_logger("odoo.http")
    def test_the_table_in_addresses(self):
        """The same of what a browser fetches: forms, the printed contract, a table as a file."""
        _order, contract = self.ordered()
        self.at("2026-03-20 10:00")
        cells = {}
        for login in TABLE:
            self.authenticate(self.users[login].login, self.users[login].login)
            cells[login] = self.fetched(contract)
        self.assert_cells(cells)

    def test_export_on_record(self):
        """The words "logged" of the table: each export leaves a row, refused or not (S4-048)."""
        _order, contract = self.ordered()
        self.at("2026-03-20 10:00")
        with self.after_each_request():
            for login in TABLE:
                for record in (self.xinghai, contract):
                    try:
                        self.person(login).call(
                            record._name,
                            "export_data",
                            record.ids,
                            fields_to_export=["display_name"],
                        )
                    except RpcError as refusal:
                        self.assertIn(refusal.name, ("AccessError", "UserError"))
        exporters = {login for login, row in TABLE.items() if row["export"]}
        for record in (self.xinghai, contract):
            rows = self.env["confidentiality.log"].search(
                [("channel", "=", "export"), ("model", "=", record._name)]
            )
            passed = rows.filtered(lambda row: row.outcome == "allowed")
            self.assertEqual(passed.user_id, self.union(exporters), record._name)
            self.assertEqual(passed.label_id, record.confidentiality_label_id)
            self.assertIn(self.users["a"], (rows - passed).user_id)
            self.assertEqual(set((rows - passed).mapped("outcome")), {"denied"})
            self.assertFalse((rows - passed).user_id & passed.user_id)

    def union(self, logins):
        return self.env["res.users"].union(*(self.users[login] for login in logins))

    def test_files_of_the_customer(self):
        """What is attached to the dossier is for who reads the dossier, not for the base card."""
        self.at("2026-03-20 10:00")
        file = self.file_of(self.xinghai)
        for login, row in TABLE.items():
            person = self.person(login)
            with self.subTest(login):
                self.assertEqual(
                    {
                        self.reaches(person, "ir.attachment", file.id),
                        bool(self.value(person, "ir.attachment", file.id, "raw")),
                        self.downloads(person, f"/web/content/{file.id}"),
                    },
                    {row["dossier"]},
                )

    def fetched(self, contract):
        """The row of the person who is logged in, from the routes behind the screens."""
        form = self.rpc(
            "res.partner",
            "web_read",
            self.xinghai.ids,
            {"name": {}, "phone": {}, "dossier_needs": {}},
        )
        card = form[0] if form else {}
        found = self.rpc(
            "res.partner", "web_search_read", [["name", "ilike", "Xinghai"]], {"name": {}}
        )
        self.assertEqual(bool(found and found["length"]), bool(card), self.session.login)
        goods = self.rpc("product.product", "web_read", self.product.ids, {"standard_price": {}})
        analysis = self.rpc(
            "sale.report",
            "formatted_read_group",
            [["partner_id", "=", self.xinghai.id]],
            [],
            ["price_subtotal:sum"],
        )
        opened = self.rpc("sales.contract", "web_read", contract.ids, {"name": {}})
        printed = self.url_open(
            f"/report/html/sales_regulation.report_sales_contract/{contract.id}"
        )
        self.assertEqual("960,000" in printed.text, printed.status_code == 200, printed.text[:500])
        self.assertEqual(bool(opened), printed.status_code == 200, self.session.login)
        exported = {self.csv(record) for record in (self.xinghai, contract)}
        self.assertEqual(len(exported), 1, self.session.login)
        return dict(
            zip(
                CELLS,
                (
                    card.get("name") == "Xinghai Electronics",
                    card.get("phone") == "0755 1111 0001",
                    bool(card.get("dossier_needs")),
                    bool(opened),
                    bool(analysis) and analysis[0]["price_subtotal:sum"] == 960_000,
                    bool(goods) and goods[0]["standard_price"] == 78.0,
                    exported.pop(),
                ),
                strict=True,
            )
        )

    def rpc(self, model, method, *args):
        """What the web client gets, or None with a refusal that does not say the name."""
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {"model": model, "method": method, "args": args, "kwargs": {}},
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
        if "error" not in response:
            return response["result"]
        self.assertEqual(response["error"]["data"]["name"], "odoo.exceptions.AccessError")
        self.assertNotIn("Xinghai", str(response))
        return None

    def csv(self, record):
        """Whether the table of the record comes as a file."""
        table = {
            "model": record._name,
            "fields": [{"name": "display_name", "label": "Name"}],
            "ids": record.ids,
            "domain": [],
            "groupby": [],
            "import_compat": False,
        }
        response = self.url_open(
            "/web/export/csv",
            data={"data": json.dumps(table), "csrf_token": http.Request.csrf_token(self)},
        )
        name = record.sudo().display_name
        self.assertEqual(name in response.text, response.status_code == 200, self.session.login)
        return response.status_code == 200

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
        opened = {
            self.reaches(person, "sales.contract", contract.id),
            self.reaches(person, "ir.attachment", file.id),
            self.downloads(person, f"/web/content/{file.id}"),
            self.downloads(person, f"/web/content/{scan._name}/{scan.id}/scan"),
        }
        exported = {self.exported(person, record) for record in (self.xinghai, contract)}
        for name, answers in (("search", found), ("contract", opened), ("export", exported)):
            self.assertEqual(len(answers), 1, f"{person.login}: the ways to {name} differ")
        return {
            "search": found.pop(),
            "phone": phone == "0755 1111 0001",
            "dossier": bool(self.value(person, "res.partner", number, "dossier_needs")),
            "contract": opened.pop(),
            "report": self.reported(person) == 960_000,
            "cost": self.cost(person) == 78.0,
            "export": exported.pop(),
        }

    def exported(self, person, record):
        try:
            answer = person.call(
                record._name, "export_data", record.ids, fields_to_export=["display_name"]
            )
        except RpcError as refusal:
            self.assertIn(refusal.name, ("AccessError", "UserError"))
            return False
        return answer["datas"] == [[record.sudo().display_name]]

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

    def test_stock_flow(self):
        """Reserve, deliver a part, print, take back, credit: each role with its own rights."""
        order, _contract = self.ordered()
        self.pay(order, order.amount_total)
        self.at("2026-03-18 10:00")
        self.release_dispatch(order)
        picking = order.picking_ids
        self.WH.call("stock.picking", "do_unreserve", picking.ids)
        self.assertFalse(picking.move_ids.quantity)
        self.WH.call("stock.picking", "action_assign", picking.ids)
        self.assertEqual((picking.state, picking.move_ids.quantity), ("assigned", 10_000))
        self.carrier(picking)
        self.ship(picking, 6_000)
        rest = self.to_ship(order)
        self.assertEqual((rest.backorder_id, rest.move_ids.product_uom_qty), (picking, 4_000))
        slip = self.printed(self.WH, "stock.report_deliveryslip", picking)
        for text in (picking.name, "1 Harbour Road", ">6000<"):
            self.assertIn(text, slip)
        for text in ("96.00", "960,000"):
            self.assertNotIn(text, slip)
        back = self.send_back(self.WH, picking)
        self.ship(back)
        self.assertEqual(order.order_line.qty_delivered, 0)
        self.assertFalse(self.reaches(self.WH, "sale.order", order.id))
        credit = self.credit_note(self.invoice(order, "2026-03-19"))
        self.assertEqual((credit.state, credit.amount_untaxed), ("posted", 960_000))
        self.assertEqual(credit.confidentiality_label_id, self._label("confidential", "contract"))
        for person, sees in ((self.FIN, True), (self.WH, False)):
            self.assertEqual(self.reaches(person, "account.move", credit.id), sees, person.login)

    def printed(self, person, report, record):
        """The page of a report, as the person prints it."""
        self.authenticate(person.login, person.login)
        response = self.url_open(f"/report/html/{report}/{record.id}")
        self.authenticate(None, None)
        self.assertEqual(response.status_code, 200, response.text[:500])
        return response.text

    def send_back(self, person, picking):
        """The transfer with which the goods of another one come back."""
        wizard = person.call(
            "stock.return.picking",
            "create",
            vals_list=[{}],
            context={
                "active_model": "stock.picking",
                "active_id": picking.id,
                "active_ids": picking.ids,
            },
        )
        action = person.call("stock.return.picking", "action_create_returns_all", wizard)
        return self.env["stock.picking"].browse(action["res_id"])

    def credit_note(self, invoice):
        """FIN takes an invoice back."""
        wizard = self.FIN.call(
            "account.move.reversal",
            "create",
            vals_list=[{"reason": "Goods came back", "journal_id": invoice.journal_id.id}],
            context={"active_model": "account.move", "active_ids": invoice.ids},
        )
        self.FIN.call("account.move.reversal", "refund_moves", wizard)
        credit = invoice.reversal_move_ids
        if credit.state == "draft":
            self.FIN.call("account.move", "action_post", credit.ids)
        return credit

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
