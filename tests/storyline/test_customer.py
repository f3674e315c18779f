# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .common import StorylineCase

#: where the two live
HOME = {"street": "5 Garden Road", "city": "Shenzhen"}


class CustomerCase(StorylineCase):
    def partner(self, customer):
        return self.customers[customer]

    def register(self, who, customer):
        self.person(who).call("res.partner", "action_register_customer", self.partner(customer).ids)

    def called(self, who, customer):
        person = self.person(who)
        contact = person.create(
            "sales.contact",
            partner_id=self.partner(customer).id,
            channel="call",
            result="An offer",
            next_date="2026-04-30",
        )
        person.call("sales.contact", "action_hand_in", contact)


@tagged("post_install", "-at_install")
class TestStorylineCustomer(CustomerCase):
    """Steps 8, 9, 10, 11 and 14.

    The regulation of the storyline is in force from 03-01: what it dates before (the scores of
    02-20) is entered when it has begun.
    """

    def test_08_ownership(self):
        """03-09: gap 7 -> refused; 03-10: gap 8 -> A owns, transfer logged."""
        self.at("2026-03-02 10:00")
        self.register("B", "dongfang")
        self.called("B", "dongfang")
        self.at("2026-03-09 10:00")
        with self.A.refused("already registered", "2026-03-09"):
            self.register("A", "dongfang")
        with self.A.refused():
            self.A.write("res.partner", self.partner("dongfang").ids, user_id=self.users["a"].id)
        self.at("2026-03-10 10:00")
        self.register("A", "dongfang")
        self.assertEqual(self.partner("dongfang").user_id, self.users["a"])
        [event] = self.events("owner_changed", self.partner("dongfang"))
        self.assertEqual((event.code, event.user_id), ("taken", self.users["a"]))

    def test_09_relative(self):
        """Credited user B, handling user A; 100,000 untaxed, invoiced 03-20."""
        self.at("2026-03-11 10:00")
        zhang = self.env["res.partner"].create(
            {"name": "Zhang San", "company_id": self.company.id, "phone": "1", **HOME}
        )
        wife = self.env["res.partner"].create(
            {"name": "Ms. Wang", "company_id": self.company.id, "phone": "2", **HOME}
        )
        self.customers = {**self.customers, "zhang": zhang, "wife": wife}
        self.register("B", "zhang")
        self.KM.create("customer.relation", partner_id=zhang.id, related_id=wife.id, kind="spouse")
        with self.A.refused():
            self.A.call("customer.relation", "search_read", [])
        self.at("2026-03-16 10:00")
        order = self.confirm(self.quotation(customer="wife", quantity=1000, price=None))
        self.assertEqual(order.amount_untaxed, 100_000.00)
        self.assertEqual(order.user_id, self.users["a"])
        self.assertEqual(order.order_line.credited_user_id, self.users["b"])
        # And the register row, as the manager reads it: who closed, and who is credited
        [row] = self.KM.call(
            "regulation.register",
            "search_read",
            domain=[
                ["event", "=", "deal_credited"],
                ["res_model", "=", "sale.order"],
                ["res_id", "=", order.id],
            ],
            fields=["user_id", "subject_id", "at"],
            load=None,
        )
        self.assertEqual(
            (row["user_id"], row["subject_id"], row["at"]),
            (self.users["a"].id, self.users["b"].id, "2026-03-16 02:00:00"),
        )
        own = self.confirm(self.quotation(customer="zhang", who="B", quantity=10, price=None), "B")
        self.assertFalse(self.events("deal_credited", own))
        self.at("2026-03-20 10:00")
        invoice = self.invoice(order, "2026-03-20")
        goods = invoice.invoice_line_ids.filtered("product_id")
        self.assertEqual(goods.credited_user_id, self.users["b"])
        self.assertEqual(sum(goods.mapped("price_subtotal")), 100_000.00)

    def test_10_tiers(self):
        """36+24+25.5 = 85.5 key; 28+18+19.5 = 65.5 secondary; 22+15+18 = 55.0 general."""
        self.at("2026-03-02 10:00")
        for customer, points, score, tier in (
            ("xinghai", (90, 80, 85), 85.5, "key"),
            ("beihe", (70, 60, 65), 65.5, "secondary"),
            ("nanfeng", (55, 50, 60), 55.0, "general"),
        ):
            sheet = self.score(customer, points)
            self.assertEqual(self.A.read("ka.tier.score", sheet.ids, "score"), score)
            tiers = self.partner(customer)._ka_tiers(self.company)
            self.assertEqual(tiers[self.partner(customer).id].code, tier)

    def test_11_exempt(self):
        """B registers Beihe at gap 8: refused, its tier is exempt."""
        self.at("2026-03-02 10:00")
        self.register("A", "beihe")
        self.score("beihe", (70, 60, 65))
        self.at("2026-03-10 10:00")
        self.called("A", "beihe")
        self.at("2026-03-18 10:00")
        with self.B.refused("does not lapse"):
            self.register("B", "beihe")
        self.assertEqual(self.partner("beihe").user_id, self.users["a"])

    def test_14_change(self):
        """The buyer was replaced 03-10 09:00; updated 03-11 08:30: on time, due 09:00."""
        self.at("2026-03-10 09:00")
        change = self.env["customer.change"].browse(
            self.A.create(
                "customer.change",
                partner_id=self.partner("xinghai").id,
                item="organisation",
                description="The buyer was replaced",
            )
        )
        self.at("2026-03-11 08:30")
        buyer = self.A.create(
            "res.partner",
            name="Mr. Gao",
            parent_id=self.partner("xinghai").id,
            dossier_role="buys",
        )
        self.A.call("customer.change", "action_done", change.ids)
        rows = self.env["customer.dossier.change"].search([("partner_id", "=", buyer)])
        self.assertEqual(rows.entity_id, self.partner("xinghai"))
        self.assertEqual(rows.user_id, self.users["a"])
        self.assertEqual({self.local(row.at) for row in rows}, {"2026-03-11 08:30"})
        clock = self.env["regulation.deadline"].search(
            [("res_model", "=", "customer.change"), ("res_id", "=", change.id)]
        )
        self.assertEqual((clock.state, str(clock.due_at)), ("kept", "2026-03-11 01:00:00"))


@tagged("post_install", "-at_install")
class TestStorylineTierNotExempt(CustomerCase):
    """Step 11 with the exemption switched off: B gets it."""

    @classmethod
    def _adjust_profile(cls):
        cls.profile.tier_ids.ownership_exempt = False

    def test_11_not_exempt(self):
        self.at("2026-03-02 10:00")
        self.register("A", "beihe")
        self.score("beihe", (70, 60, 65))
        self.at("2026-03-10 10:00")
        self.called("A", "beihe")
        self.at("2026-03-18 10:00")
        self.register("B", "beihe")
        self.assertEqual(self.partner("beihe").user_id, self.users["b"])


class SilenceCase(CustomerCase):
    """Row "lose customer after 8 days of silence" of the table of profiles."""

    loses = False

    def check_silence(self):
        """On the seventh day and on the eighth: A asks for B's customer, the nightly job runs."""
        self.at("2026-03-02 10:00")
        dongfang = self.partner("dongfang")
        dongfang.user_id = self.users["b"]
        if self.loses:
            self.assertEqual(dongfang.registration_ids.user_id, self.users["b"])
        for day in ("2026-03-09", "2026-03-10"):
            self.at(f"{day} 02:00")
            self.cron("sales_regulation.ir_cron_recycle")
            self.assertEqual(dongfang.user_id, self.users["b"], f"nobody has asked on {day}")
            self.at(f"{day} 10:00")
            if not self.loses:
                for person in (self.A, self.B):
                    with person.refused("No regulation in force"):
                        person.call("res.partner", "action_register_customer", dongfang.ids)
                self.assertFalse(dongfang.sudo().registration_ids)
            elif day == "2026-03-09":
                with self.A.refused("already registered", "2026-03-09"):
                    self.register("A", "dongfang")
            else:
                self.register("A", "dongfang")
        self.assertEqual(dongfang.user_id, self.users["a" if self.loses else "b"])
        if self.loses:
            with self.B.refused("already registered"):
                self.register("B", "dongfang")


def _silence(code, loses=False):
    """One class for each shipped profile."""

    class Silence(SilenceCase):
        profile_code = code

        def test_silence(self):
            self.check_silence()

    Silence.loses = loses
    Silence.__name__ = Silence.__qualname__ = f"TestSilence{code or 'NoProfile'}"
    return tagged("post_install", "-at_install")(Silence)


TestSilenceNoProfile = _silence("")
TestSilenceS0 = _silence("S0")
TestSilenceS1 = _silence("S1")
TestSilenceS2 = _silence("S2")
TestSilenceS3 = _silence("S3")
TestSilenceS4 = _silence("S4", loses=True)
