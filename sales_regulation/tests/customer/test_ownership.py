# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from ..visit.common import VisitCommon


class OwnershipCommon(VisitCommon):
    """Xinghai, Beihe and Nanfeng are A's, Dongfang is B's; adopted when March begins."""

    gates = {}
    settings = {"ownership_mode": "keep", "ownership_days": 7}

    @classmethod
    def _prepare_profile(cls):
        cls.profile.approval_rule_ids = [
            Command.create(
                {
                    "kind_id": cls.env.ref("sales_regulation.approval_kind_customer_owner").id,
                    "approver_type": "role",
                    "role_id": cls.roles["ka_manager"].id,
                }
            )
        ]

    def setUp(self):
        super().setUp()
        with self.at("2026-03-02 00:30"):
            self.recycle()

    def recycle(self):
        self._commit_and_follow("ir_cron_recycle")

    def called(self, moment, login="b", customer="dongfang"):
        with self.at(moment):
            contact = self.contact(login, customer)
            contact.action_hand_in()
        return contact

    def register(self, login, customer="dongfang"):
        return self.customers[customer].with_user(self.users[login]).action_register_customer()

    def owner(self, customer="dongfang"):
        return self.customers[customer].user_id.login.removeprefix("reg_")


@tagged("post_install", "-at_install")
class TestOwnership(OwnershipCommon):
    """C06: protection, lapse, who may change the owner (S4-087 to S4-092)."""

    def test_gap_of_seven_and_eight_days(self):
        """Storyline 8: 03-09 is gap 7: refused; 03-10 is gap 8: A owns, on record."""
        self.called("2026-03-02 10:00")
        with self.at("2026-03-09 10:00"), self.assertRaisesRegex(UserError, "2026-03-09"):
            self.register("a")
        with self.at("2026-03-10 10:00"):
            self.register("a")
        self.assertEqual(self.owner(), "a")
        row = self.customers["dongfang"].registration_ids.filtered(lambda r: r.state == "active")
        self.assertEqual(
            (row.user_id, row.previous_user_id, row.how),
            (self.users["a"], self.users["b"], "taken"),
        )
        event = self.env["regulation.register"].search(
            [("event", "=", "owner_changed"), ("res_id", "=", self.customers["dongfang"].id)]
        )
        self.assertEqual((event.user_id, event.code), (self.users["a"], "taken"))

    def test_days_are_those_of_shanghai(self):
        """23:30 in Shanghai is the same day; half an hour later the next has begun."""
        self.called("2026-03-02 23:30")
        with self.at("2026-03-09 23:59"), self.assertRaises(UserError):
            self.register("a")
        with self.at("2026-03-10 00:01"):
            self.register("a")
        self.assertEqual(self.owner(), "a")

    def test_writing_the_salesperson_is_registering(self):
        dongfang = self.customers["dongfang"]
        with self.at("2026-03-05 10:00"):
            for login in ("a", "km", "adm", "gm"):
                for record in (dongfang.with_user(self.users[login]).sudo(), dongfang):
                    with self.subTest(login=login), self.assertRaises(UserError):
                        record.write({"user_id": self.users["a"].id})
            with self.assertRaises(UserError):
                dongfang.sudo(False).with_user(self.users["a"]).sudo().write({"user_id": False})
            result = (
                self.env["res.partner"]
                .sudo()
                .load(["id", "user_id/.id"], [[str(dongfang.id), self.users["a"].id]])
            )
            self.assertNotEqual(self.owner(), "a", result)
        with self.at("2026-03-12 10:00"):
            dongfang.with_user(self.users["a"]).sudo().write({"user_id": self.users["a"].id})
        self.assertEqual(self.owner(), "a")

    def test_rows_are_evidence(self):
        row = self.customers["dongfang"].registration_ids
        for record in (row, row.with_user(self.users["adm"]).sudo()):
            with self.assertRaises(AccessError):
                record.write({"user_id": self.users["a"].id})
            with self.assertRaises(AccessError):
                record.unlink()
        with self.assertRaises(AccessError):
            self.env["customer.registration"].create(
                {
                    "partner_id": self.customers["dongfang"].id,
                    "company_id": self.company.id,
                    "user_id": self.users["a"].id,
                }
            )

    def test_duplicate_and_relative_count_as_the_same(self):
        with self.at("2026-03-05 10:00"):
            values = {
                "name": "dongfang systems ",
                "is_company": True,
                "company_id": self.company.id,
            }
            double = self.env["res.partner"].create(values)
            with self.assertRaisesRegex(UserError, "already registered"):
                double.with_user(self.users["a"]).action_register_customer()
            with self.assertRaises(UserError):
                self.env["res.partner"].create({**values, "user_id": self.users["a"].id})
            wife = self.env["res.partner"].create(
                {"name": "Ms. Zhang", "company_id": self.company.id}
            )
            self.env["customer.relation"].with_user(self.users["km"]).create(
                {"partner_id": self.customers["dongfang"].id, "related_id": wife.id}
            )
            with self.assertRaisesRegex(UserError, "already registered"):
                wife.with_user(self.users["a"]).action_register_customer()
            with self.assertRaises(AccessError):
                self.env["customer.relation"].with_user(self.users["a"]).search([])
            wife.with_user(self.users["b"]).action_register_customer()
        self.assertEqual(wife.user_id, self.users["b"])

    def test_moving_contacts(self):
        dongfang, xinghai = self.customers["dongfang"], self.customers["xinghai"]
        with self.at("2026-03-05 10:00"):
            with self.assertRaises(AccessError):
                dongfang.with_user(self.users["a"]).sudo().write(
                    {"parent_id": xinghai.id, "is_company": False}
                )
            buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": dongfang.id})
            buyer.with_user(self.users["a"]).sudo().write({"parent_id": False})
            self.assertEqual(buyer.user_id, self.users["b"])
            with self.assertRaisesRegex(UserError, "already registered"):
                buyer.with_user(self.users["a"]).action_register_customer()

    def test_another_company(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        with self.at("2026-03-05 10:00"), self.assertRaises(AccessError):
            self.customers["dongfang"].with_user(self.users["a"]).sudo().write(
                {"company_id": sister.id}
            )
        free = self.env["res.partner"].create({"name": "Theirs", "company_id": sister.id})
        free.write({"user_id": self.users["a"].id})
        free.write({"user_id": self.users["b"].id})
        self.assertFalse(free.registration_ids)

    def test_merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        dongfang, xinghai = self.customers["dongfang"], self.customers["xinghai"]
        with self.at("2026-03-05 10:00"):
            with self.assertRaises(AccessError):
                wizard.with_user(self.users["a"]).sudo()._merge(
                    (dongfang | xinghai).ids, xinghai, extra_checks=False
                )
            free = self.env["res.partner"].create({"name": "Free", "company_id": self.company.id})
            wizard.with_user(self.users["a"]).sudo()._merge(
                (dongfang | free).ids, free, extra_checks=False
            )
        self.assertEqual(free.user_id, self.users["b"])
        self.assertEqual(len(free.registration_ids.filtered(lambda r: r.state == "active")), 1)
        self.assertIn("merged", free.registration_ids.mapped("end_reason"))

    def test_manager_decides(self):
        """S4-087: otherwise only by a manager, with a reason."""
        with self.at("2026-03-05 10:00"):
            request = (
                self.env["customer.owner.request"]
                .with_user(self.users["a"])
                .create(
                    {
                        "partner_id": self.customers["dongfang"].id,
                        "new_owner_id": self.users["a"].id,
                        "reason": "B has left for Wuhan",
                    }
                )
            )
            with self.assertRaises(AccessError):
                request.write({"state": "applied"})
            request.action_submit()
            self.assertEqual(self.owner(), "b")
            with self.assertRaises(UserError):
                request.sudo().approval_ids.with_user(self.users["a"]).action_approve()
            request.sudo().approval_ids.with_user(self.users["km"]).action_approve()
        self.assertEqual(self.owner(), "a")
        self.assertEqual(self.customers["dongfang"].registration_ids[0].request_id, request)

    def test_give_up(self):
        with self.at("2026-03-05 10:00"):
            with self.assertRaises(AccessError):
                self.customers["dongfang"].with_user(self.users["a"]).action_give_up_customer()
            self.customers["dongfang"].with_user(self.users["b"]).action_give_up_customer()
            self.assertFalse(self.customers["dongfang"].user_id)
            self.register("a")
        self.assertEqual(self.owner(), "a")

    def test_contract_exempts(self):
        with self.at("2026-03-20 10:00"):
            dongfang = self.customers["dongfang"]
            self.assertEqual(dongfang.with_user(self.users["a"]).ownership_state, "open")
            engine(
                self.env["sales.contract"].create(
                    {
                        "partner_id": dongfang.id,
                        "company_id": self.company.id,
                        "type_id": self.env["sales.contract.type"].search([], limit=1).id,
                    }
                )
            ).write({"state": "signed"})
            dongfang.invalidate_recordset()
            self.assertEqual(dongfang.with_user(self.users["a"]).ownership_state, "protected")
            with self.assertRaisesRegex(UserError, "does not lapse"):
                self.register("a")

    def test_credited_user(self):
        """Storyline 9: A closes for the wife of B's customer: B is credited, on invoices too."""
        with self.at("2026-03-11 10:00"):
            zhang = self.env["res.partner"].create(
                {"name": "Zhang San", "company_id": self.company.id}
            )
            zhang.with_user(self.users["b"]).action_register_customer()
            wife = self.env["res.partner"].create(
                {"name": "Ms. Zhang", "company_id": self.company.id}
            )
            self.env["customer.relation"].create(
                {"partner_id": zhang.id, "related_id": wife.id, "company_id": self.company.id}
            )
        with self.at("2026-03-16 10:00"):
            order = self._order("a", quantity=1000, partner_id=wife.id)
            order.action_confirm()
            line = order.order_line
            self.assertEqual(order.user_id, self.users["a"])
            self.assertEqual(line.credited_user_id, self.users["b"])
            with self.assertRaises(AccessError):
                line.write({"credited_user_id": self.users["a"].id})
            line.sudo().product_id.invoice_policy = "order"
            invoice = order.sudo()._create_invoices()
            goods = invoice.invoice_line_ids.filtered("product_id")
            self.assertEqual(goods.credited_user_id, self.users["b"])
            with self.assertRaises(AccessError):
                goods.write({"credited_user_id": self.users["a"].id})
        with self.at("2026-03-25 10:00"):
            order = self._order("a", partner_id=wife.id)
            order.action_confirm()
            self.assertEqual(order.order_line.credited_user_id, self.users["a"])

    def test_relatives_count_in_their_company(self):
        """A relation kept in one company says nothing in another."""
        sister = self.env["res.company"].create({"name": "Sister"})
        zhang, wife = self.env["res.partner"].create([{"name": "Zhang San"}, {"name": "Ms. Wang"}])
        relation = self.env["customer.relation"].create(
            {"partner_id": wife.id, "related_id": zhang.id, "company_id": sister.id}
        )
        Registration = self.env["customer.registration"]
        with self.at("2026-03-05 10:00"):
            zhang.with_user(self.users["b"]).action_register_customer()
            self.assertFalse(Registration._credited_users(wife, self.company))
            self.assertEqual(
                Registration._credited_users(wife, sister), {wife.id: self.users["b"].id}
            )
            order = self._order("a", partner_id=wife.id)
            order.action_confirm()
            self.assertEqual(order.order_line.credited_user_id, self.users["a"])
            wife.with_user(self.users["a"]).action_register_customer()
            wife.with_user(self.users["a"]).action_give_up_customer()
            relation.company_id = self.company
            self.assertEqual(
                Registration._credited_users(wife, self.company), {wife.id: self.users["b"].id}
            )
            with self.assertRaisesRegex(UserError, "already registered"):
                wife.with_user(self.users["a"]).action_register_customer()

    def test_moving_many_costs_no_query_each(self):
        """To another company, and out of a customer."""
        dongfang, owner = self.customers["dongfang"], self.users["b"]
        sister = self.env["res.company"].create({"name": "Sister"})
        values = {"company_id": self.company.id}
        many = self.env["res.partner"].create([{"name": f"M {n}", **values} for n in range(90)])
        Partner = self.env["res.partner"].with_user(self.users["km"])

        def count(partners, entity, company):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Partner._ownership_check_moves(
                {one: (entity or one, owner, company) for one in partners.sudo()}
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with self.at("2026-03-05 10:00"):
            for entity, company in ((dongfang, self.company), (None, sister)):
                # As after the write: they stand alone, or in the company of the tests
                with (
                    self.subTest(entity=entity),
                    patch.object(
                        type(self.env["customer.registration"]), "_may_override", return_value=True
                    ),
                ):
                    count(many[:5], entity, company)
                    few = count(many[5:10], entity, company)
                    self.assertEqual(count(many[10:], entity, company), few)
        self.assertEqual(many.user_id, owner)

    def test_queries(self):
        """As many for 80 customers as for one, as a representative."""
        many = (
            self.env["res.partner"]
            .create(
                [
                    {
                        "name": f"Many {n}",
                        "company_id": self.company.id,
                        "user_id": self.users["b"].id,
                    }
                    for n in range(80)
                ]
            )
            .with_user(self.users["a"])
        )

        def count(partners):
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            partners.mapped("ownership_state")
            return self.env.cr.sql_log_count - before

        count(many)
        self.assertEqual(count(many), count(many[:1]))

    def test_registering_many_costs_no_query_each(self):
        """Ours of it: what Odoo writes to the chatter of each comes when it commits."""
        free = self.env["res.partner"].create(
            [{"name": f"Free {n}", "company_id": self.company.id} for n in range(90)]
        )
        Registration = self.env["customer.registration"].with_user(self.users["a"])

        def count(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Registration._claim(partners, self.users["a"])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with self.at("2026-03-05 10:00"):
            count(free[:5])
            few = count(free[5:10])
            self.assertEqual(count(free[10:]), few)
        self.assertEqual(free.user_id, self.users["a"])
        self.assertEqual(set(free.registration_ids.mapped("how")), {"registered"})

    def test_numbers_copied_to_contacts_hold_nobody(self):
        """Contact persons with the numbers of nobody's customers do not claim them."""
        country = self.company.country_id or self.env.ref("base.cn")
        Partner = self.env["res.partner"]
        old = Partner.create({"name": "Old buyer", "parent_id": self.customers["dongfang"].id})
        values = {"company_id": self.company.id, "country_id": country.id}
        free = Partner.create(
            [
                {"name": "By phone", "phone": "+86 139 0013 9817", **values},
                {"name": "By e-mail", "email": "buyer@free.example", **values},
                {"name": "Came later", "email": "known@dongfang.example", **values},
            ]
        )
        known = Partner.create(
            {
                "name": "Known buyer",
                "email": "known@dongfang.example",
                "parent_id": self.customers["dongfang"].id,
            }
        )
        self.env.flush_all()
        moments = [(old, "03-01"), (free[:2], "03-02"), (known, "03-03"), (free[2], "03-04")]
        for partners, day in moments:
            self.env.cr.execute(
                "UPDATE res_partner SET create_date = %s WHERE id IN %s",
                [f"2026-{day} 01:00", tuple(partners.ids)],
            )
        self.env.invalidate_all()
        with self.at("2026-03-05 10:00"):
            old.with_user(self.users["b"]).sudo().write({"phone": "+86 139 0013 9817"})
            known.copy({"name": "Copy", "email": "buyer@free.example"})
            Registration = self.env["customer.registration"]
            self.assertEqual(
                Registration._credited_users(free), {free[2].id: self.users["b"].id}
            )
            free[0].with_user(self.users["a"]).action_register_customer()
            free[1].with_user(self.users["a"]).action_register_customer()
            with self.assertRaisesRegex(UserError, "already registered"):
                free[2].with_user(self.users["a"]).action_register_customer()
        self.assertEqual(free.user_id, self.users["a"])


@tagged("post_install", "-at_install")
class TestPool(OwnershipCommon):
    """Release to the pool: warning, caps, claims per day, waiting time."""

    settings = {
        "ownership_mode": "release",
        "ownership_days": 7,
        "ownership_warn_days": 2,
        "ownership_cap": 4,
        "ownership_daily_claims": 2,
        "ownership_wait_days": 5,
    }

    def test_warning_and_release(self):
        self.called("2026-03-02 10:00")
        activities = [("res_model", "=", "res.partner"), ("user_id", "=", self.users["b"].id)]
        with self.at("2026-03-06 02:00"):
            self.recycle()
            self.assertFalse(self.env["mail.activity"].search(activities))
        with self.at("2026-03-07 02:00"):
            self.recycle()
            self.recycle()
            self.assertEqual(len(self.env["mail.activity"].search(activities)), 1)
        with self.at("2026-03-09 02:00"):
            self.recycle()
            self.assertEqual(self.owner(), "b")
        with self.at("2026-03-10 02:00"):
            self.recycle()
            self.assertFalse(self.customers["dongfang"].user_id)
            with self.assertRaisesRegex(UserError, "wait"):
                self.register("b")
            self.register("a")
        self.assertEqual(self.owner(), "a")
        self.assertEqual(
            self.env["regulation.register"].search_count(
                [
                    ("event", "=", "owner_released"),
                    ("res_id", "=", self.customers["dongfang"].id),
                    ("code", "=", "lapsed"),
                ]
            ),
            1,
        )

    def test_contact_keeps(self):
        self.called("2026-03-02 10:00")
        self.called("2026-03-08 10:00")
        with self.at("2026-03-15 02:00"):
            self.recycle()
        self.assertEqual(self.owner(), "b")

    def test_caps(self):
        free = self.env["res.partner"].create(
            [{"name": f"Free {n}", "company_id": self.company.id} for n in range(5)]
        )
        with self.at("2026-03-05 10:00"):
            mine = free.with_user(self.users["b"])
            mine[:2].action_register_customer()
            with self.assertRaisesRegex(UserError, "today"):
                mine[2].action_register_customer()
        with self.at("2026-03-06 10:00"):
            mine[2].action_register_customer()
            with self.assertRaisesRegex(UserError, "as many"):
                mine[3].action_register_customer()
            with self.assertRaises(UserError):
                mine[3].sudo().write({"user_id": self.users["b"].id})

    def test_caps_hold_for_joining_and_separating(self):
        """Nobody's customer under one's own, and out again, is one more customer."""
        free = self.env["res.partner"].create(
            [{"name": f"Free {n}", "company_id": self.company.id} for n in range(5)]
        )
        dongfang = self.customers["dongfang"]
        with self.at("2026-03-05 10:00"):
            mine = free.with_user(self.users["b"]).sudo()
            mine[0].write({"parent_id": dongfang.id})
            mine[0].write({"parent_id": False})
            self.assertEqual(mine[0].user_id, self.users["b"])
            mine[1].with_user(self.users["b"]).action_register_customer()
            with self.assertRaisesRegex(UserError, "today"):
                mine[2].write({"parent_id": dongfang.id})
            self.assertFalse(mine[2].parent_id)
            buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": dongfang.id})
            with self.assertRaisesRegex(UserError, "today"), self.env.cr.savepoint():
                buyer.with_user(self.users["b"]).sudo().write({"parent_id": False})
        with self.at("2026-03-06 10:00"):
            buyer.with_user(self.users["b"]).sudo().write({"parent_id": False})
            self.assertEqual(buyer.user_id, self.users["b"])
            with self.assertRaisesRegex(UserError, "as many"):
                mine[2].write({"parent_id": dongfang.id})
            mine[2].with_user(self.users["km"]).sudo().write({"parent_id": dongfang.id})
            self.assertEqual(mine[2].commercial_partner_id, dongfang)

    def test_joining_counts_among_the_claims_of_the_day(self):
        """Two a day: who joined counts for the next one, as a contact or as a customer."""
        free = self.env["res.partner"].create(
            [{"name": f"Free {n}", "company_id": self.company.id} for n in range(5)]
        )
        dongfang = self.customers["dongfang"]
        with self.at("2026-03-05 10:00"):
            mine = free.with_user(self.users["b"]).sudo()
            # What a manager arranges is none of them
            mine[4].with_user(self.users["km"]).sudo().write({"parent_id": dongfang.id})
            for partner in mine[:2]:
                partner.write({"parent_id": dongfang.id})
            with self.assertRaisesRegex(UserError, "today"):
                mine[2].write({"parent_id": dongfang.id})
            with self.assertRaisesRegex(UserError, "today"):
                mine[3].with_user(self.users["b"]).action_register_customer()
        joined = self.env["regulation.register"].search(
            [("event", "=", "customer_registered"), ("res_id", "in", free.ids)]
        )
        self.assertEqual(sorted(joined.mapped("code")), ["assigned", "joined", "joined"])
        self.assertEqual(joined.subject_id, self.users["b"])
        with self.at("2026-03-06 10:00"):
            mine[2].write({"parent_id": dongfang.id})
        self.assertEqual(mine[2].commercial_partner_id, dongfang)

    def test_former_owner_waits_for_joining_too(self):
        free = self.env["res.partner"].create({"name": "Free", "company_id": self.company.id})
        mine = free.with_user(self.users["b"])
        with self.at("2026-03-05 10:00"):
            mine.action_register_customer()
            mine.action_give_up_customer()
        with self.at("2026-03-07 10:00"), self.assertRaisesRegex(UserError, "wait"):
            mine.sudo().write({"parent_id": self.customers["dongfang"].id})
        with self.at("2026-03-11 10:00"):
            mine.sudo().write({"parent_id": self.customers["dongfang"].id})
        self.assertEqual(free.commercial_partner_id, self.customers["dongfang"])

    def merge(self, login, kept, *others):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.users[login])
        partners = self.env["res.partner"].union(kept, *others)
        wizard.sudo()._merge(partners.ids, kept, extra_checks=False)

    def test_caps_hold_for_merging(self):
        """Nobody's customer merged with one's own is one more customer, whichever card stays."""
        free = self.env["res.partner"].create(
            [{"name": f"Free {n}", "company_id": self.company.id} for n in range(8)]
        )
        dongfang = self.customers["dongfang"]
        with self.at("2026-03-05 10:00"):
            self.merge("b", dongfang, free[0])
            self.merge("b", free[1], dongfang)
            kept = free[1]
            self.assertEqual(kept.user_id, self.users["b"])
            for pair in ((kept, free[2]), (free[2], kept)):
                with self.assertRaisesRegex(UserError, "today"):
                    self.merge("b", *pair)
            with self.assertRaisesRegex(UserError, "today"):
                free[3].with_user(self.users["b"]).action_register_customer()
            # What a manager merges is none of the claims
            self.merge("km", kept, free[7])
        with self.at("2026-03-06 10:00"):
            free[3:5].with_user(self.users["b"]).action_register_customer()
        with self.at("2026-03-07 10:00"):
            free[5].with_user(self.users["b"]).action_register_customer()
            for pair in ((kept, free[2]), (free[2], kept)):
                with self.assertRaisesRegex(UserError, "as many"):
                    self.merge("b", *pair)
        rows = self.env["regulation.register"].search(
            [("event", "=", "customer_registered"), ("subject_id", "=", self.users["b"].id)]
        )
        codes = rows.mapped("code")
        self.assertEqual((codes.count("joined"), codes.count("assigned")), (2, 1))

    def test_merging_takes_no_double_of_anothers(self):
        """B's customer by name: A does not make him his own by merging a card of him."""
        double = self.env["res.partner"].create(
            {"name": "Dongfang Systems", "is_company": True, "company_id": self.company.id}
        )
        with self.at("2026-03-05 10:00"):
            for pair in ((self.customers["xinghai"], double), (double, self.customers["xinghai"])):
                with self.assertRaisesRegex(UserError, "already registered"):
                    self.merge("a", *pair)

    def test_who_renews_his_own_does_not_wait(self):
        """A waiting time longer than the protection: he has lost nobody."""
        self.env.cr.execute(
            "UPDATE regulation_profile SET ownership_wait_days = 30 WHERE id = %s",
            [self.profile.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        for day in ("2026-03-12", "2026-03-22"):
            with self.at(f"{day} 10:00"):
                self.register("b")
        with self.at("2026-04-02 10:00"):
            self.register("a")
        with self.at("2026-04-12 10:00"), self.assertRaisesRegex(UserError, "wait"):
            self.register("b")

    def test_former_owner_waits_for_another_card_too(self):
        values = {
            "name": "Free",
            "phone": "+86 139 0013 9817",
            "company_id": self.company.id,
        }
        free = self.env["res.partner"].create(values)
        mine = free.with_user(self.users["b"])
        with self.at("2026-03-05 10:00"):
            mine.action_register_customer()
            mine.action_give_up_customer()
            again = self.env["res.partner"].create({**values, "name": "Free again"})
        with self.at("2026-03-07 10:00"):
            with self.assertRaisesRegex(UserError, "wait"):
                again.with_user(self.users["b"]).action_register_customer()
            with self.assertRaisesRegex(UserError, "wait"):
                self.env["res.partner"].with_user(self.users["b"]).create(
                    {**values, "user_id": self.users["b"].id}
                )
            with self.assertRaisesRegex(UserError, "wait"):
                self.merge("b", self.customers["dongfang"], again)
        with self.at("2026-03-11 10:00"):
            again.with_user(self.users["b"]).action_register_customer()
        self.assertEqual(again.user_id, self.users["b"])


@tagged("post_install", "-at_install")
class TestTierExempt(OwnershipCommon):
    """Storyline 11: the tier of Beihe is exempt; without the exemption B gets it."""

    exempt = True

    @classmethod
    def _prepare_profile(cls):
        super()._prepare_profile()
        cls.profile.tier_ids = [
            Command.create(
                {
                    "tier_id": cls.env.ref("sales_regulation.ka_tier_secondary").id,
                    "ownership_exempt": cls.exempt,
                }
            )
        ]

    def setUp(self):
        super().setUp()
        engine(self.env["ka.tier.assignment"]).create(
            {
                "partner_id": self.customers["beihe"].id,
                "company_id": self.company.id,
                "tier_id": self.env.ref("sales_regulation.ka_tier_secondary").id,
                "date_from": "2026-02-20",
            }
        )

    def test_beihe(self):
        self.called("2026-03-10 10:00", "a", "beihe")
        with self.at("2026-03-18 10:00"):
            if self.exempt:
                with self.assertRaisesRegex(UserError, "does not lapse"):
                    self.register("b", "beihe")
            else:
                self.register("b", "beihe")
        self.assertEqual(self.owner("beihe"), "a" if self.exempt else "b")


@tagged("post_install", "-at_install")
class TestTierNotExempt(TestTierExempt):
    exempt = False
