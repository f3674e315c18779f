# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from ..visit.common import VisitCommon

ITEMS = ("name", "contact", "phone", "email", "needs", "organisation", "scope", "process")


@tagged("post_install", "-at_install")
class TestDossier(VisitCommon):
    """C07: completeness by tier, changes within 24 hours, history, review."""

    gates = {"customer_dossier": "enforce"}

    @classmethod
    def _prepare_profile(cls):
        tier = cls.env.ref
        cls.profile.write(
            {
                "dossier_item_ids": [
                    Command.create({"item": item, "mandatory": item != "email"}) for item in ITEMS
                ],
                "tier_ids": [
                    Command.create(
                        {
                            "tier_id": tier("sales_regulation.ka_tier_key").id,
                            "dossier_sections": "full",
                            "review_days": 30,
                        }
                    )
                ],
            }
        )
        cls._rule("customer_change", unit="hours", value=24, clause_codes="S3-22")

    def setUp(self):
        super().setUp()
        engine(self.env["ka.tier.assignment"]).create(
            {
                "partner_id": self.customers["xinghai"].id,
                "company_id": self.company.id,
                "tier_id": self.env.ref("sales_regulation.ka_tier_key").id,
                "date_from": "2026-02-20",
            }
        )

    def test_completeness(self):
        """Without a tier base data only: name and phone of 4; a key account owes all 8."""
        beihe, xinghai = self.customers["beihe"], self.customers["xinghai"]
        with self.at("2026-03-05 10:00"):
            self.assertEqual(beihe.dossier_complete, 50.0)
            self.assertEqual(xinghai.dossier_complete, 25.0)
            self.env["res.partner"].create(
                {"name": "Ms. Lin", "parent_id": xinghai.id, "dossier_role": "decides"}
            )
            xinghai.write(
                {"dossier_needs": "Chips", "dossier_scope": "Radios", "dossier_process": "Tender"}
            )
            xinghai.invalidate_recordset()
            self.assertEqual(xinghai.dossier_complete, 87.5)
            self.assertEqual(xinghai.dossier_missing, "E-mail")
            self.assertEqual(str(xinghai.dossier_review_due), "2026-01-31")

    def test_change_within_24_hours(self):
        """Storyline 14: 03-10 09:00 is entered 03-11 08:30: on time, due 03-11 09:00."""
        with self.at("2026-03-10 09:00"):
            change = (
                self.env["customer.change"]
                .with_user(self.users["a"])
                .create(
                    {
                        "partner_id": self.customers["xinghai"].id,
                        "item": "organisation",
                        "description": "The buyer was replaced",
                    }
                )
            )
        clock = self.clock(change, "customer_change")
        self.assertEqual(self.local(clock.due_at), "2026-03-11 09:00")
        self.assertEqual(clock.user_id, self.users["a"])
        with self.at("2026-03-11 08:00"), self.assertRaises(UserError):
            change.action_done()
        with self.at("2026-03-11 08:30"):
            self.env["res.partner"].create(
                {
                    "name": "Mr. Gao",
                    "parent_id": self.customers["xinghai"].id,
                    "dossier_role": "buys",
                }
            )
            change.action_done()
        self.assertEqual((clock.state, change.state), ("kept", "done"))
        with self.assertRaises(UserError):
            change.write({"happened_at": "2026-03-11 00:00:00"})
        with self.assertRaises(AccessError):
            change.sudo().write({"state": "open"})
        with self.assertRaises(UserError):
            change.sudo().unlink()

    def _changed(self, moment):
        with self.at(moment):
            return (
                self.env["customer.change"]
                .with_user(self.users["a"])
                .create(
                    {
                        "partner_id": self.customers["xinghai"].id,
                        "item": "needs",
                        "description": "Wants another voltage",
                    }
                )
            )

    def test_change_at_the_second(self):
        """Exactly 24 hours is in time, a second more is late; over the weekend too."""
        for done, state, minutes in (
            ("2026-03-07 17:00:00", "kept", 0),
            ("2026-03-07 17:00:01", "breached", 1),
        ):
            change = self._changed("2026-03-06 17:00:00")
            with self.at(done):
                self.customers["xinghai"].with_user(self.users["a"]).dossier_needs = done
                change.action_done()
            clock = self.clock(change, "customer_change")
            self.assertEqual((clock.state, clock.breach_minutes), (state, minutes))

    def test_report_counts_changes_of_the_customer(self):
        """Also those that were entered for a person of his; none of another company."""
        xinghai = self.customers["xinghai"]
        person = self.env["res.partner"].create({"name": "Ms. Lin", "parent_id": xinghai.id})
        with self.at("2026-03-06 17:00"):
            of_person = (
                self.env["customer.change"]
                .with_user(self.users["a"])
                .create({"partner_id": person.id, "item": "phone", "description": "New number"})
            )
        foreign = self._changed("2026-03-06 18:00")
        with self.at("2026-03-07 17:01"):
            self.env["regulation.deadline"]._done(of_person | foreign, "customer_change")
        self.env.flush_all()
        other = self.env["res.company"].create({"name": "Sister"})
        self.cr.execute(
            "UPDATE customer_change SET company_id = %s WHERE id = %s", [other.id, foreign.id]
        )
        row = self._quality("xinghai")
        self.assertEqual((row.changes_kept, row.changes_late), (0, 1))

    def test_report_flags_what_is_not_correct(self):
        xinghai, beihe, nanfeng, dongfang = self.customers.values()
        (xinghai | beihe).phone = "+86 755 8765 4321"
        nanfeng.write({"phone": "12", "email": "nobody"})
        dongfang.write({"phone": "+86 755 8765 4322", "email": "office@dongfang.example.com"})
        twin = nanfeng.copy(
            {"name": " NANFENG Trading", "phone": False, "email": False, "user_id": False}
        )
        other = self.env["res.company"].create({"name": "Sister"})
        dongfang.copy({"name": "Dongfang Systems", "company_id": other.id, "user_id": False})
        flags = {
            code: (row.bad_phone, row.bad_email, row.duplicate)
            for code in self.customers
            for row in self._quality(code)
        }
        self.assertEqual(
            flags,
            {
                "xinghai": (0, 0, 1),
                "beihe": (0, 0, 1),
                "nanfeng": (1, 1, 1),
                "dongfang": (0, 0, 0),
            },
        )
        twin.active = False
        self.assertEqual(self._quality("nanfeng").duplicate, 0)

    def _quality(self, code):
        self.env.flush_all()
        Report = self.env["customer.dossier.report"].with_user(self.users["km"])
        Report.invalidate_model()
        return Report.search([("partner_id", "=", self.customers[code].id)])

    def test_late_change(self):
        with self.at("2026-03-12 10:00"):
            change = self.env["customer.change"].create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "item": "phone",
                    "description": "New number",
                    "happened_at": self.utc("2026-03-10 09:00"),
                }
            )
            self.customers["xinghai"].phone = "0755 2222"
            change.action_done()
        clock = self.clock(change, "customer_change")
        self.assertEqual((clock.state, clock.breach_minutes), ("breached", 25 * 60))
        with self.at("2026-03-12 10:00"), self.assertRaises(UserError):
            self.env["customer.change"].create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "item": "phone",
                    "description": "To come",
                    "happened_at": self.utc("2026-03-12 11:00"),
                }
            )

    def test_history(self):
        with self.at("2026-03-05 10:00"):
            self.customers["xinghai"].with_user(self.users["a"]).sudo().phone = "0755 3333"
            self.customers["xinghai"].phone = "0755 3333"
        rows = self.env["customer.dossier.change"].search(
            [("entity_id", "=", self.customers["xinghai"].id)]
        )
        self.assertEqual(len(rows), 1)
        self.assertEqual(
            (rows.field_name, rows.old_value, rows.new_value, rows.user_id),
            ("phone", "0755 1111 0001", "0755 3333", self.users["a"]),
        )
        for step in (lambda: rows.write({"new_value": "x"}), rows.unlink):
            with self.assertRaises(AccessError):
                step()

    def test_review(self):
        xinghai = self.customers["xinghai"]
        with self.at("2026-03-05 10:00"):
            with self.assertRaises(AccessError):
                xinghai.write({"dossier_reviewed_on": "2026-03-05"})
            with self.assertRaises(AccessError):
                self.env["res.partner"].create(
                    {"name": "Forged", "dossier_reviewed_on": "2030-01-01"}
                )
            xinghai.action_dossier_reviewed()
            xinghai.invalidate_recordset()
            self.assertEqual(str(xinghai.dossier_reviewed_on), "2026-03-05")
            self.assertEqual(str(xinghai.dossier_review_due), "2026-04-04")

    def test_gate_before_the_contract(self):
        with self.at("2026-03-05 10:00"):
            contract = self.env["sales.contract"].create(
                {
                    "partner_id": self.customers["xinghai"].id,
                    "company_id": self.company.id,
                    "type_id": self.env["sales.contract.type"].search([], limit=1).id,
                }
            )
            found = [r for r in contract._gate_refusals("submit") if r.gate == "customer_dossier"]
            self.assertEqual(len(found), 1)
            self.assertIn("Needs", found[0].missing)
            self.assertNotIn("E-mail", found[0].missing)

    def test_report(self):
        self.env.flush_all()
        rows = self.env["customer.dossier.report"].search(
            [("partner_id", "in", [c.id for c in self.customers.values()])]
        )
        self.assertEqual(len(rows), 4)
        self.assertEqual(set(rows.mapped("no_needs")), {1})
        self.assertEqual(set(rows.mapped("completeness")), {25.0})

    def test_queries(self):
        partners = (
            self.env["res.partner"]
            .create([{"name": f"Many {n}", "company_id": self.company.id} for n in range(80)])
            .with_user(self.users["km"])
        )

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.mapped("dossier_complete")
            return self.env.cr.sql_log_count - before

        count(partners)
        self.assertEqual(count(partners), count(partners[:1]))
