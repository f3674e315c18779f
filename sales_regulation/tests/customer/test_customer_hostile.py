# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..hostile import HostileMixin
from .test_ownership import OwnershipCommon
from .test_tier import TierCommon


@tagged("post_install", "-at_install")
class TestCustomerHostile(HostileMixin, OwnershipCommon):
    """C06, C07: owners, changes of owner and major changes, tried by all sorts of people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_hostile()

    @classmethod
    def _prepare_profile(cls):
        super()._prepare_profile()
        cls._rule("customer_change", unit="hours", value=24)

    def test_credit_is_not_drawn_by_likeness(self):
        """S4-090: A writes the number of B's customer on his own: B's deal stays B's."""
        dongfang, xinghai = self.customers["dongfang"], self.customers["xinghai"]
        with self.at("2026-03-05 10:00"):
            # B calls; A's claim is the older one then
            self.contact("b", "dongfang").action_hand_in()
            dongfang.write({"email": "office@dongfang.example.com", "vat": "CN1234567890"})
            with (
                self.assertRaisesRegex(UserError, "customer of somebody else"),
                self.env.cr.savepoint(),
            ):
                self._as(xinghai, "a").write({"email": "office@dongfang.example.com"})
            # Not even if a manager has let it pass
            self._as(xinghai, "km").sudo().write({"email": "office@dongfang.example.com"})
            order = self._order("b", customer="dongfang")
            order.action_confirm()
        self.assertEqual(order.order_line.credited_user_id, self.users["b"])

    def test_registered_card_does_not_become_anothers(self):
        """S4-091: A registers a card of nobody and then writes on it who B's customer is."""
        country = self.env.ref("base.cn")
        dongfang = self.customers["dongfang"]
        known = {
            "vat": "CN1234567890",
            "email": "office@dongfang.example.com",
            "phone": "+86 139 0013 9817",
        }
        dongfang.write(known)
        temp, person = self.env["res.partner"].create(
            [
                {"name": "Temp 1", "is_company": True, "company_id": self.company.id},
                {"name": dongfang.name, "company_id": self.company.id, "phone": "139 0013 9817"},
            ]
        )
        # How the number is read depends on the country
        person.country_id = self.env.ref("base.us")
        buyer = self.env["res.partner"].create(
            {
                "name": "Buyer",
                "parent_id": self.customers["xinghai"].id,
                "email": "office@dongfang.example.com",
            }
        )
        with self.at("2026-03-05 10:00"):
            mine = self._as(temp | person, "a")
            mine.action_register_customer()
            tries = [(mine[0], {name: value}) for name, value in known.items()]
            tries += [
                (mine[0], {"name": " dongfang SYSTEMS "}),
                (mine[1], {"is_company": True}),
                # With whom he is registered in the same breath, and who becomes a customer
                (self._as(self.customers["beihe"], "a"), {**known, "user_id": self.users["a"].id}),
                (self._as(buyer, "a").sudo(), {"parent_id": False}),
            ]
            if dongfang.phone_sanitized == "+8613900139817":  # phonenumbers is installed
                tries += [
                    (mine[0], {"phone": "139 0013 9817", "country_id": country.id}),
                    (mine[1], {"country_id": country.id}),
                ]
            for record, values in tries:
                with (
                    self.subTest(values=values),
                    self.assertRaisesRegex(UserError, "customer of somebody else.*Chen Gang"),
                    self.env.cr.savepoint(),
                ):
                    record.write(dict(values))
            # What resembles nobody, or one's own, is nobody's business
            mine[0].write({"name": "Temp 2", "phone": "+86 139 0013 0000"})
            mine[1].write({"phone": "+86 139 0013 0000", "country_id": country.id})
            # B's own second card, and what a manager lets pass
            self._as(temp, "km").sudo().write({"vat": known["vat"]})
            # Who counts as the same already may be written on
            mine[0].write({"name": "Temp 3", "vat": known["vat"]})
        with self.at("2026-03-20 10:00"):
            mine[1].write({"email": known["email"]})
        self.assertEqual(person.email, known["email"], "B's customer has lapsed")

    def test_likeness_costs_no_query_each(self):
        Partner = self.env["res.partner"].with_user(self.users["b"])
        many = Partner.create(
            [
                {"name": f"Many {n}", "company_id": self.company.id, "user_id": self.users["b"].id}
                for n in range(80)
            ]
        )
        self.customers["dongfang"].vat = "CN1234567890"
        owning = Partner._ownership_companies()

        def count(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            likes = partners._ownership_likes({"vat": "CN1234567890"}, owning)
            self.env.cr.execute(
                "UPDATE res_partner SET vat = 'CN1234567890' WHERE id IN %s", [partners._ids]
            )
            partners._ownership_check_likes(likes)
            return self.env.cr.sql_log_count - before

        with self.at("2026-03-05 10:00"):
            count(many[78:])
            few = count(many[:2])
            self.assertEqual(count(many[2:78]), few)

    def test_nobody_refers_himself(self):
        free = self.env["res.partner"].create({"name": "New Ltd", "company_id": self.company.id})
        with self.at("2026-03-05 10:00"):
            with self.assertRaises(UserError):
                self._as(free, "a").action_register_customer(free.id, True)
            self._as(free, "a").action_register_customer(self.customers["xinghai"].id)
        self.assertTrue(free.registration_ids.is_referral)

    def test_registration(self):
        row = self.customers["dongfang"].registration_ids
        self.assertFixed(row, "a", "gm", "adm", "out", "shop")
        self.assertClosed(row, "a", "b", "out", "shop")
        for login in ("a", "km", "adm", "out", "shop"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                row.with_user(self.users[login]).create(
                    {
                        "partner_id": self.customers["dongfang"].id,
                        "company_id": self.company.id,
                        "user_id": self.users["a"].id,
                    }
                )
            with self.subTest(login=login), self.assertRaises(UserError):
                self._as(self.customers["dongfang"], login).write(
                    {"registration_ids": [Command.create({"user_id": self.users["a"].id,
                                                          "company_id": self.company.id})]}
                )

    def test_relations_are_on_record(self):
        """S4-091: to whom deals count follows from them."""
        Relation = self.env["customer.relation"]
        values = {
            "partner_id": self.customers["dongfang"].id,
            "related_id": self.customers["xinghai"].id,
            "company_id": self.company.id,
        }
        for login in ("a", "fin", "out", "shop"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                Relation.with_user(self.users[login]).create(values)
        relation = Relation.with_user(self.users["km"]).create(values)
        relation.active = False
        relation.unlink()
        rows = self.env["regulation.register"].search(
            [("event", "=", "customers_related"), ("res_id", "=", values["partner_id"])],
            order="id",
        )
        self.assertEqual(rows.mapped("code"), ["related", "changed", "ended"])
        self.assertEqual(rows.user_id, self.users["km"])

    def test_change_of_owner(self):
        Request = self.env["customer.owner.request"]
        values = {
            "partner_id": self.customers["dongfang"].id,
            "new_owner_id": self.users["a"].id,
            "reason": "I know them",
        }
        self.assertNotGiven("customer.owner.request", "a", values, "state", "requested_by_id",
                            "owner_before_id", "applied_at")
        with self.at("2026-03-05 10:00"):
            request = Request.with_user(self.users["a"]).create(values)
            self.assertClosed(request, "b", "fin", "aud", "out", "shop")
            request.action_submit()
            self.assertFixed(request, "a", "gm", "adm", "out", "shop")
            approval = request.approval_ids
            for login in ("a", "b", "tm", "fin", "out"):
                with self.subTest(login=login), self.assertRaises(UserError):
                    self._as(approval, login).action_approve("Yes")
        self.assertEqual(self.owner(), "b")

    def test_the_company_that_decides(self):
        """A customer of all companies is registered in one: another one's manager neither
        takes him away nor lets him pass."""
        shared = self.env["res.partner"].create({"name": "Group Ltd", "is_company": True})
        with self.at("2026-03-05 10:00"):
            self._as(shared, "b").action_register_customer()
            other = self.env["res.company"].create({"name": "Sister of the tests"})
            self._profile(
                assign={"company_id": other.id},
                publish=False,
                ownership_mode="keep",
            )
            boss = self.users["a"]  # decides there, not here
            for user in (boss, self.users["gm"], self.users["b"]):
                user.company_ids |= other
            profile = self.env["regulation.profile"].search([], order="id desc", limit=1)
            self.env["regulation.role.assignment"].create(
                [
                    {
                        "role_id": self.roles[code].id,
                        "company_id": other.id,
                        "user_id": user.id,
                        "date_from": "2020-01-01",
                    }
                    for code, user in (
                        ("sales_manager", boss),
                        ("ka_manager", boss),
                        ("director", self.users["gm"]),
                    )
                ]
            )
            both = (self.company | other).ids
            profile.with_user(self.users["gm"]).with_context(
                allowed_company_ids=both
            )._publish("active")
            there = shared.with_user(boss).with_context(allowed_company_ids=other.ids)
            with self.assertRaises(AccessError):
                there.action_give_up_customer()
            with self.assertRaises(AccessError):
                there.write({"user_id": False})
            request = there.env["customer.owner.request"].create(
                {
                    "partner_id": shared.id,
                    "new_owner_id": boss.id,
                    "company_id": other.id,
                    "reason": "Ours",
                }
            )
            with self.assertRaisesRegex(UserError, "Hua Xin"):
                request.action_submit()
        self.assertEqual(shared.user_id, self.users["b"])

    def test_delay_on_a_colleagues_account(self):
        """S3-22: what a colleague enters late runs from when the owner learns of it."""
        Change = self.env["customer.change"]
        values = {
            "partner_id": self.customers["dongfang"].id,
            "happened_at": self.utc("2026-03-02 10:00"),
            "item": "address",
            "description": "They have moved",
        }
        self.assertNotGiven("customer.change", "a", values, "state", "user_id", "done_at")
        with self.at("2026-03-05 10:00"):
            for login, since in (
                ("a", "2026-03-05 10:00"),
                ("b", "2026-03-02 10:00"),
                ("km", "2026-03-02 10:00"),
            ):
                change = Change.with_user(self.users[login]).create(values)
                clock = self.clock(change, "customer_change")
                self.assertEqual((clock.user_id, self.local(clock.started_at)),
                                 (self.users["b"], since))
            self.assertFixed(change, "a", "gm", "adm", "out", "shop")
            self.assertClosed(change, "fin", "aud", "out", "shop")


@tagged("post_install", "-at_install")
class TestTierHostile(HostileMixin, TierCommon):
    """C08: the tier of a customer comes from the confirmed sheet and in no other way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_hostile()

    def test_sheet(self):
        values = {"partner_id": self.customers["xinghai"].id}
        self.assertNotGiven("ka.tier.score", "a", values, "state", "user_id", "submitted_at",
                            "applied_at")
        sheet = self.sheet("xinghai", (90, 90, 90))
        line = sheet.line_ids[:1]
        for vals in ({"weight": 100}, {"code": "x"}, {"name": "x"}):
            with self.assertRaises(UserError):
                line.write(vals)
        foreign = self.sheet("beihe", (10, 10, 10), "b")
        with self.assertRaises(UserError):
            foreign.line_ids.with_user(self.users["a"]).write({"points": 100})
        with self.assertRaises(UserError):
            line.copy({"score_id": foreign.id, "code": "bonus", "weight": 50, "points": 100})
        sheet.action_submit()
        self.assertFixed(sheet, "a", "gm", "adm", "out", "shop")
        self.assertFixed(line, "a", "gm", "adm", "out", "shop")
        self.assertClosed(sheet, "b", "fin", "aud", "out", "shop")
        self._as(sheet.approval_ids, "km").action_approve("Yes")
        tier = self.env["ka.tier.assignment"].search([("partner_id", "=", sheet.partner_id.id)])
        self.assertFixed(tier, "a", "km", "gm", "adm", "out", "shop")
        self.assertFixed(sheet, "a", "km", "gm", "adm", "out", "shop")
