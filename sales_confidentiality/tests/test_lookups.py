# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.fields import Command
from odoo.tests import tagged

from .common import ConfidentialityCommon

DOMAIN, PHONE = "xinghai-harbour.example.com", "+86 755 1919 4711"


@tagged("post_install", "-at_install")
class TestLookups(ConfidentialityCommon):
    """What Odoo looks up or counts past all rules says nothing of hidden records (C50).

    TM has every right of Odoo and no grant; A owns what is hidden.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "sales_team.group_sale_manager,account.group_account_manager"
        for login in ("tm", "a"):
            cls.users[login].group_ids = [
                Command.link(cls.env.ref(group).id) for group in groups.split(",")
            ]
        cls.secret = cls._label("secret", "contract")

    def hidden_order(self, **values):
        """An order of a customer whom everybody knows."""
        order = self._order("a", "beihe", price=777.0, **values)
        order.sudo().confidentiality_label_id = self.secret
        return order.sudo()

    def form(self, login, model, vals, *names):
        """What a new form shows after these values were typed."""
        model = self.env[model].with_user(self.users[login])
        spec = {**dict.fromkeys(vals, {}), **dict.fromkeys(names, {})}
        value = model.onchange(vals, list(vals), spec)["value"]
        return [value.get(name) for name in names]

    def shown(self, login, record, name):
        """The names that a form lists in a field."""
        spec = {name: {"fields": {"display_name": {}}}}
        return self._as(record, login).web_read(spec)[0][name]

    # === LEADS === #

    def test_similar_leads(self):
        """Who types the mail or the number of a hidden customer does not learn that he is worked
        on."""
        self.env["crm.lead"].create(
            {
                "name": "Hidden",
                "partner_id": self.xinghai.id,
                "user_id": self.users["a"].id,
                "email_from": f"lin@{DOMAIN}",
                "phone": PHONE,
            }
        )
        for vals in ({"email_from": f"me@{DOMAIN}"}, {"phone": PHONE}):
            for login, count in (("a", 1), ("tm", 0)):
                vals = {"name": "Mine", **vals}
                names = ("duplicate_lead_count", "duplicate_lead_ids")
                typed, rows = self.form(login, "crm.lead", vals, *names)
                self.assertEqual(typed or 0, count, (login, vals))
                self.assertEqual(len([row for row in rows or () if row[1]]), count, (login, vals))
                lead = self.env["crm.lead"].with_user(self.users[login]).create(vals)
                self.assertEqual(lead.duplicate_lead_count, count, (login, vals))
                self.assertEqual(len(lead.duplicate_lead_ids), 1 + count, (login, vals))
                lead.sudo().unlink()

    def test_many_similar_leads(self):
        """Beyond twenty Odoo tells none: a hidden one does not take the place of a visible one."""
        leads = self.env["crm.lead"].create(
            [
                {"name": f"Open {number}", "email_from": f"{number}@{DOMAIN}"}
                for number in range(20)
            ]
        )
        self.env["crm.lead"].create(
            {
                "name": "Hidden",
                "partner_id": self.xinghai.id,
                "user_id": self.users["a"].id,
                "email_from": f"lin@{DOMAIN}",
            }
        )
        vals = {"name": "Mine", "email_from": f"me@{DOMAIN}"}
        self.assertEqual(self.form("tm", "crm.lead", vals, "duplicate_lead_count"), [len(leads)])
        self.assertFalse(self.form("a", "crm.lead", vals, "duplicate_lead_count")[0])

    def test_meetings(self):
        """A meeting with a hidden customer tells its date on no lead of somebody else."""
        lead = self.env["crm.lead"].with_user(self.users["tm"]).create({"name": "Mine"}).sudo()
        visible, hidden = self.env["calendar.event"].create(
            [
                {
                    "name": "Talk",
                    "opportunity_id": lead.id,
                    "start": f"{day} 02:00:00",
                    "stop": f"{day} 03:00:00",
                    "partner_ids": [Command.set(partner.ids)],
                }
                for day, partner in (
                    ("2020-01-06", self.users["tm"].partner_id),
                    ("2020-02-03", self.xinghai),
                )
            ]
        )
        for login, event in (("tm", visible), ("a", hidden)):
            self.assertEqual(
                self._as(lead, login).meeting_display_date, event.start.date(), login
            )
        hidden.partner_ids = self.customers["beihe"]
        self.assertEqual(self._as(lead, "tm").meeting_display_date, hidden.start.date())

    # === DOCUMENTS === #

    def test_similar_orders(self):
        hidden = self.hidden_order(client_order_ref="PO 4711")
        mine = self._order("tm", "beihe", client_order_ref="PO 4711")
        self.assertFalse(self.shown("tm", mine, "duplicated_order_ids"))
        [row] = self.shown("a", mine, "duplicated_order_ids")
        self.assertEqual(row["id"], hidden.id)

    def test_similar_invoices(self):
        order = self.hidden_order()
        order.action_confirm()
        hidden = order._create_invoices()
        hidden.invoice_date = "2026-03-02"
        self.assertEqual(hidden.confidentiality_label_id, self.secret)
        visible = self._order("a", "beihe", price=777.0).sudo()
        visible.action_confirm()
        mine = visible._create_invoices()
        mine.invoice_date = hidden.invoice_date
        for login, found in (("tm", hidden.browse()), ("a", hidden)):
            move = self._as(mine, login)
            self.assertEqual(move.duplicated_ref_ids, found, login)
            self.assertEqual(move.is_draft_duplicated_ref_ids, bool(found), login)
        self.assertFalse(self.shown("tm", mine, "duplicated_ref_ids"))

    def test_similar_bank_accounts(self):
        """An account number is beyond the base card: whose it is too is for who reads it."""
        owners = self.xinghai | self.customers["beihe"]
        _theirs, mine = self.env["res.partner.bank"].create(
            [{"acc_number": "6222 0000 4711", "partner_id": owner.id} for owner in owners]
        )
        for login, found in (("tm", False), ("b", False), ("a", True)):
            told = self._as(mine, login).duplicate_bank_partner_ids
            self.assertEqual(self.xinghai in told, found, login)

    # === TOTALS === #

    def test_campaigns(self):
        campaign = self.env["utm.campaign"].create({"name": "Spring", "title": "Spring"})
        hidden = self.hidden_order(campaign_id=campaign.id)
        visible = self._order("a", "beihe", price=100.0, campaign_id=campaign.id).sudo()
        for order in (hidden, visible):
            order.action_confirm()
            order._create_invoices().action_post()
        for login, count, amount in (("tm", 1, 100), ("a", 2, 877)):
            seen = self._as(campaign, login)
            self.assertEqual((seen.quotation_count, seen.invoiced_amount), (count, amount), login)

    # === STOCK === #

    def test_forecast(self):
        """The forecast of a product is told to the warehouse, and not whose order it is for."""
        order = self.hidden_order()
        order.action_confirm()
        report = self.env["stock.forecasted_product_product"].with_user(self.users["wh"])
        report = report.with_context(warehouse_id=order.warehouse_id.id)
        self.env.flush_all()
        self.env.invalidate_all()
        told = report.get_report_values(self.product.ids)
        self.assertTrue(told["docs"]["lines"])
        self.assertNotIn("777", repr(told))
        self.assertNotIn("Beihe", repr(told))
        report = report.with_user(self.users["a"])
        self.assertIn("Beihe", repr(report.get_report_values(self.product.ids)))
