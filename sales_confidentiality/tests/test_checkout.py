# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.translate import code_translations

from odoo.addons.sales_regulation.tests.common import SCAN

from .common import ConfidentialityCommon

#: items of the tests: (code, automatic)
ITEMS = (
    ("checkout_devices", False),
    ("checkout_statement", True),
    ("checkout_customers", True),
    ("checkout_leads", True),
    ("checkout_contracts", True),
    ("checkout_tasks", True),
    ("checkout_visits", True),
    ("checkout_access", True),
    ("checkout_grants", True),
)


class CheckoutCommon(ConfidentialityCommon):
    """T leaves; B takes over. HR keeps the list."""

    mode = "enforce"
    settings = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._profile(
            gates={"leaver_checkout": cls.mode} if cls.mode else {}, publish=False, **cls.settings
        )
        cls.env["regulation.checklist.item"].create(
            [
                {
                    "profile_id": cls.profile.id,
                    "kind": "checkout",
                    "code": code,
                    "name": code,
                    "automatic": automatic,
                    "role_id": False if automatic else cls.roles["hr"].id,
                    "clause_codes": "S4-050",
                }
                for code, automatic in ITEMS
            ]
        )
        if cls.mode:
            cls.profile.with_user(cls.users["gm"])._publish("active")
        # Odoo's departure wizard reads contracts, which are theirs
        cls.users["hr"].group_ids |= cls.env.ref("hr.group_hr_manager")
        cls.users["adm"].group_ids |= cls.env.ref("base.group_system") | cls.env.ref(
            "sales_team.group_sale_manager"
        )
        cls.employee = cls.employees["t"].with_user(cls.users["hr"])
        cls.employee.version_id.sudo().contract_date_start = "2020-01-01"
        cls.leaver = cls.users["t"]

    def checkout(self, **values):
        return (
            self.env["confidentiality.checkout"]
            .with_user(self.users["hr"])
            .create({"employee_id": self.employee.id, **values})
        )

    def complete(self, checkout):
        """Everything but what HR ticks and what T signs."""
        checkout.successor_id = self.users["b"]
        checkout.action_hand_over()
        checkout.with_user(self.leaver).action_sign_statement()
        checkout.action_end_access()

    def tick(self, checkout):
        [item] = checkout.sudo()._checklist_items("checkout")[checkout.id].filtered(
            lambda one: one.code == "checkout_devices"
        )
        checkout.action_tick(item.id)

    def ways_out(self):
        """Every way in which somebody leaves, as HR."""
        today = self.company._regulation_today()
        env = self.env(user=self.users["hr"])
        admin = self.env(user=self.users["adm"])
        employee = self.employee
        return {
            "archive": lambda: employee.with_context(no_wizard=True).action_archive(),
            "write": lambda: employee.write({"active": False}),
            "wizard": lambda: self.wizard(env).action_register_departure(),
            "departure date": lambda: employee.write({"departure_date": today}),
            "end of contract": lambda: employee.version_id.sudo().write(
                {"contract_date_end": today}
            ),
            "new version": lambda: employee.sudo().create_version(
                {"date_version": today + timedelta(days=1), "departure_date": today}
            ),
            "new contract that is over": lambda: self.new_contract(today),
            "resource": lambda: employee.sudo().resource_id.write({"active": False}),
            "user": lambda: self.leaver.with_env(admin).write({"active": False}),
            "archived user": lambda: self.leaver.with_env(admin).action_archive(),
            "delete": lambda: employee.unlink(),
        }

    def new_contract(self, last_day):
        """A version of two months ago is followed by one whose contract ends."""
        first = last_day - timedelta(days=60)
        employee = self.employee.sudo()
        employee.version_id.date_version = first
        employee.create_version(
            {
                "date_version": last_day - timedelta(days=1),
                "contract_date_start": employee.version_id.contract_date_start or first,
                "contract_date_end": last_day,
            }
        )

    def wizard(self, env):
        wizard = env["hr.departure.wizard"].with_context(
            active_ids=self.employee.ids, employee_termination=True
        )
        return wizard.create({"departure_date": self.company._regulation_today(), "remove_related_user": False})


@tagged("post_install", "-at_install")
class TestCheckoutGuard(CheckoutCommon):
    """Whichever way somebody goes, his check-out stands in it (C57, S4-050)."""

    def test_without_a_list(self):
        for name, way in self.ways_out().items():
            with self.subTest(name), mute_logger("odoo.addons.base.models.ir_rule"):
                with self.assertRaisesRegex(UserError, "There is no check-out"), self.cr.savepoint():
                    way()

    def test_with_open_items(self):
        """Names every open item and the clause, and that HR can help (S4-050)."""
        checkout = self.checkout()
        for name, way in self.ways_out().items():
            with self.subTest(name), mute_logger("odoo.addons.base.models.ir_rule"):
                with self.assertRaises(UserError) as refused, self.cr.savepoint():
                    way()
                for text in ("checkout_devices", "checkout_statement", "HR He"):
                    self.assertIn(text, str(refused.exception))
        self.assertEqual(checkout.state, "open")
        self.assertTrue(self.employee.active)

    def test_complete(self):
        checkout = self.checkout()
        self.complete(checkout)
        with self.assertRaisesRegex(UserError, "checkout_devices"), self.cr.savepoint():
            self.wizard(self.env(user=self.users["hr"])).action_register_departure()
        self.tick(checkout)
        self.assertFalse(checkout.missing)
        self.wizard(self.env(user=self.users["hr"])).action_register_departure()
        self.assertFalse(self.employee.active)
        self.assertEqual((checkout.state, checkout.left_by_id), ("left", self.users["hr"]))
        # The user goes the same way, without another list
        self.leaver.with_user(self.users["adm"]).active = False

    def test_each_way_once_complete(self):
        checkout = self.checkout()
        self.complete(checkout)
        self.tick(checkout)
        for name, way in self.ways_out().items():
            if name == "delete":
                continue
            with self.subTest(name):
                savepoint = self.cr.savepoint()
                way()
                self.assertEqual(checkout.state, "left")
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_future_date_opens_the_list(self):
        """Who gives notice works on: the list has his last day, nothing is stopped."""
        day = self.company._regulation_today() + timedelta(days=20)
        self.employee.departure_date = day
        checkout = self.env["confidentiality.checkout"].search(
            [("employee_id", "=", self.employee.id)]
        )
        self.assertEqual((checkout.state, checkout.leaving_on), ("open", day))
        self.assertEqual(checkout.activity_ids.user_id, self.users["hr"])
        self.employee.departure_date = day + timedelta(days=1)
        self.assertEqual(checkout.leaving_on, day + timedelta(days=1))
        self.assertEqual(len(checkout.search([("employee_id", "=", self.employee.id)])), 1)

    def test_contract_that_ends(self):
        """The nightly run opens the lists of contracts that end within the days of the profile."""
        checkouts = self.env["confidentiality.checkout"]
        ahead = self.profile.checkout_lead_days
        for days, number in ((ahead + 1, 0), (ahead, 1), (ahead, 1)):
            self.employee.version_id.sudo().contract_date_end = self.company._regulation_today() + timedelta(
                days=days
            )
            checkouts._cron_open()
            found = checkouts.search([("employee_id", "=", self.employee.id)])
            self.assertEqual(len(found), number)

    def test_hr_lets_pass(self):
        """A special release with a reason, once, on record; not by the leaver (S4-050)."""
        checkout = self.checkout()
        gate = self.env["regulation.gate"].search([("code", "=", "leaver_checkout")])
        release = (
            self.env["regulation.release"]
            .with_user(self.users["hr"])
            .create(
                {
                    "gate_id": gate.id,
                    "res_model": checkout._name,
                    "res_id": checkout.id,
                    "reason": "The laptop was stolen, reported to the police",
                }
            )
        )
        for login in ("t", "tm", "gm"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                release.with_user(self.users[login]).action_grant()
        release.action_grant()
        self.employee.with_context(no_wizard=True).action_archive()
        self.assertEqual(checkout.state, "left")
        events = self.env["regulation.register"].search(
            [("res_model", "=", checkout._name), ("res_id", "=", checkout.id)]
        )
        self.assertLessEqual(
            {"release_granted", "released", "leaver_left"}, set(events.mapped("event"))
        )
        self.assertEqual(release.state, "used")

    def test_leaving_ends_access(self):
        """Also by release: what was still open of his access ends with his departure."""
        self.test_hr_lets_pass()
        keys = self.env["res.users.apikeys"].sudo().search([("user_id", "=", self.leaver.id)])
        self.assertFalse(keys)
        self.assertTrue(self.leaver.sudo().sessions_ended_at)

    def test_who_comes_back_needs_another_list(self):
        checkout = self.checkout()
        self.complete(checkout)
        self.tick(checkout)
        self.employee.with_context(no_wizard=True).action_archive()
        self.employee.action_unarchive()
        self.assertTrue(self.employee.active)
        with self.assertRaisesRegex(UserError, "There is no check-out"):
            self.employee.with_context(no_wizard=True).action_archive()

    def test_user_without_employee(self):
        """A login of nobody is archived with a list of the user."""
        user = self.users["clk"]
        self.employees["clk"].user_id = False
        admin = self.users["adm"]
        with self.assertRaisesRegex(UserError, "There is no check-out"), self.cr.savepoint():
            user.with_user(admin).active = False
        checkout = (
            self.env["confidentiality.checkout"]
            .with_user(self.users["hr"])
            .create({"user_id": user.id})
        )
        self.assertFalse(checkout.employee_id)
        with self.assertRaises(UserError), self.cr.savepoint():
            user.with_user(admin).active = False

    def test_portal_user(self):
        portal = self.env["res.users"].create(
            {
                "name": "Guest",
                "login": "reg_guest",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        portal.active = False
        self.assertFalse(portal.active)


@tagged("post_install", "-at_install")
class TestCheckoutList(CheckoutCommon):
    """What is on the list, and who does what on it."""

    def test_keeper(self):
        """HR and the superior; not a colleague, nor who leaves."""
        own = self.env["confidentiality.checkout"]
        for login in ("t", "a", "km"):
            with self.subTest(login), self.assertRaises(AccessError), self.cr.savepoint():
                own.with_user(self.users[login]).create({"employee_id": self.employee.id})
        self.assertTrue(own.with_user(self.users["tm"]).create({"employee_id": self.employee.id}))

    def test_another_manager_reads_and_does_not_write(self):
        """S4-050: the work of a leaver does not pass to who names himself."""
        checkout = self.checkout(successor_id=self.users["b"].id)
        stranger = self.users["km"]
        self.assertTrue(checkout.with_user(stranger).read(["successor_id"]))
        with self.assertRaises(AccessError) as refused:
            checkout.with_user(stranger).write({"successor_id": stranger.id})
        self.assertIn(self.users["hr"].name, str(refused.exception))
        with self.assertRaises(AccessError):
            checkout.with_user(self.leaver).write({"leaving_on": "2030-01-01"})
        self.assertEqual(checkout.successor_id, self.users["b"])
        checkout.with_user(self.users["tm"]).successor_id = self.users["tm"]

    def test_once(self):
        self.checkout()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.checkout()

    def test_sealed(self):
        checkout = self.checkout()
        for vals in (
            {"state": "left"},
            {"statement_signed_on": "2026-01-01"},
            {"statement_text": "<p>I keep it all</p>"},
            {"links_ended_at": "2026-01-01"},
            {"user_id": self.users["a"].id},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                checkout.write(vals)
        with self.assertRaises(UserError):
            checkout.unlink()

    def test_statement(self):
        """Signed by who leaves, or on paper and recorded by HR; private copies only (S4-051)."""
        checkout = self.checkout()
        self.assertIn("private copies only", checkout.statement_text)
        for login in ("hr", "tm"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                checkout.with_user(self.users[login]).action_sign_statement()
        text = checkout.statement_text
        checkout.with_user(self.leaver).action_sign_statement()
        self.company.name = "Another name"
        self.env.flush_all()
        self.assertEqual(checkout.statement_text, text)
        self.assertEqual(checkout.statement_signed_by_id, self.leaver)

    def test_statement_speaks_the_language_of_who_signs(self):
        """Neither the company's nor that of who reads or prints it; fixed when signed (S4-051)."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.leaver.lang = "zh_CN"
        said = (
            "This concerns private copies only: the company's own records stay complete. My duty of"
            " secrecy goes on after I have left."
        )
        key = ("sales_confidentiality", "zh_CN")
        known = code_translations.get_python_translations(*key)
        told = {key: {**known, said: "本声明仅涉及私人副本"}}
        with patch.dict(code_translations.python_translations, told):
            checkout = self.checkout()
            self.assertEqual(self.users["hr"].lang, "en_US")
            self.assertIn("本声明仅涉及私人副本", checkout.statement_text)
            report = self.env["ir.actions.report"].with_user(self.users["hr"])
            name = "sales_confidentiality.report_confidentiality_checkout"
            html = report._render_qweb_html(name, checkout.ids)[0].decode()
            self.assertIn("本声明仅涉及私人副本", html)
            self.assertNotIn("private copies only", html)
            self.leaver.lang = "en_US"
            self.assertIn("private copies only", checkout.statement_text)
            checkout.with_user(self.leaver).action_sign_statement()
            self.leaver.lang = "zh_CN"
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertIn("private copies only", checkout.statement_text)

    def test_statement_on_paper(self):
        checkout = self.checkout()
        with self.assertRaises(UserError), self.cr.savepoint():
            checkout.action_record_statement(" ")
        with self.assertRaises(AccessError), self.cr.savepoint():
            checkout.with_user(self.leaver).action_record_statement(SCAN)
        wizard = (
            checkout.env["confidentiality.checkout.paper"]
            .with_context(**checkout.action_open_paper()["context"])
            .create({"paper": SCAN})
        )
        wizard.action_record()
        self.assertEqual(checkout.statement_recorded_by_id, self.users["hr"])
        self.assertEqual(checkout.statement_paper.decode(), SCAN)

    def test_ticks(self):
        """What HR ticks the leaver does not tick; what the system counts nobody ticks."""
        checkout = self.checkout()
        items = checkout.sudo()._checklist_items("checkout")[checkout.id]
        devices = items.filtered(lambda one: one.code == "checkout_devices")
        with self.assertRaises(UserError), self.cr.savepoint():
            checkout.with_user(self.leaver).action_tick(devices.id)
        with self.assertRaises(UserError), self.cr.savepoint():
            checkout.action_tick((items - devices)[0].id)
        checkout.action_tick(devices.id)
        self.assertNotIn("checkout_devices", checkout.missing)

    def test_successor(self):
        checkout = self.checkout()
        with self.assertRaisesRegex(UserError, "who takes over"):
            checkout.action_hand_over()
        for user in (self.leaver, self.env.ref("base.public_user")):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                checkout.successor_id = user

    def test_overdue(self):
        late = self.checkout(leaving_on=self.company._regulation_today() - timedelta(days=1))
        self.assertTrue(late.is_overdue)
        self.assertIn(late, late.search([("is_overdue", "=", True)]))
        late.action_cancel()
        self.assertFalse(late.search([("is_overdue", "=", True)]))
        with self.assertRaises(UserError):
            late.action_hand_over()

    def test_form(self):
        """HR opens it from the employee."""
        action = self.employee.action_confidentiality_checkout()
        form = Form(
            self.env["confidentiality.checkout"]
            .with_user(self.users["hr"])
            .with_context(**action["context"])
        )
        checkout = form.save()
        self.assertEqual(checkout.user_id, self.leaver)
        self.assertEqual(self.employee.action_confidentiality_checkout()["res_id"], checkout.id)

    def test_queries_of_the_list(self):
        """As many queries for one list as for nine."""
        one = self.checkout()
        others = self.env["confidentiality.checkout"]
        for login in ("a", "b", "clk", "wh", "pln", "leg", "fin", "aud"):
            others |= one.create({"employee_id": self.employees[login].id})
        names = ["checklist_progress", "missing", "open_customers", "open_access"]
        one.read(names)

        def queries(records):
            self.env.invalidate_all()
            count = self.env.cr.sql_log_count
            records.with_user(self.users["hr"]).read(names)
            return self.env.cr.sql_log_count - count

        queries(one | others)
        self.assertEqual(queries(one), queries(one | others))


@tagged("post_install", "-at_install")
class TestHandOver(CheckoutCommon):
    """Customers, leads, contracts, tasks and visits pass to the successor in sets (C57)."""

    settings = {"ownership_mode": "keep", "ownership_days": 7}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owned = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number} of T",
                    "is_company": True,
                    "company_id": cls.company.id,
                    "user_id": cls.leaver.id,
                }
                for number in range(12)
            ]
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.owned[0].id, "user_id": cls.leaver.id}
        )
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "user_id": cls.leaver.id,
                    "partner_id": cls.owned[number].id,
                    "company_id": cls.company.id,
                }
                for number in range(3)
            ]
        )
        contracts = cls.env["sales.contract"].with_user(cls.leaver)
        cls.contract = contracts.create({"partner_id": cls.owned[0].id}).sudo()
        cls.task = cls.owned[1].activity_schedule(
            "mail.mail_activity_data_todo", user_id=cls.leaver.id, summary="Call"
        )
        moment = fields.Datetime.now() + timedelta(days=3)
        cls.visit = cls.env["calendar.event"].create(
            {
                "name": "Visit",
                "user_id": cls.leaver.id,
                "partner_ids": [Command.set(cls.leaver.partner_id.ids)],
                "visit_partner_id": cls.owned[2].id,
                "start": moment,
                "stop": moment + timedelta(hours=1),
            }
        )
        cls.env.flush_all()

    def test_counts(self):
        checkout = self.checkout()
        self.assertEqual(
            (
                checkout.open_customers,
                checkout.open_leads,
                checkout.open_contracts,
                checkout.open_tasks,
                checkout.open_visits,
            ),
            (13, 3, 1, 1, 1),
        )

    def test_everything_passes(self):
        """12 customers of T -> 0, each by a registration with the reason that he left."""
        checkout = self.checkout(successor_id=self.users["b"].id)
        checkout.action_hand_over()
        successor = self.users["b"]
        self.assertEqual(self.owned.user_id, successor)
        self.assertEqual(self.contact.user_id, successor)
        self.assertEqual(self.leads.user_id, successor)
        self.assertEqual(self.contract.user_id, successor)
        self.assertEqual(self.task.user_id, successor)
        rows = self.env["customer.registration"].search([("partner_id", "in", self.owned.ids)])
        running = rows.filtered(lambda row: row.state == "active")
        self.assertEqual(len(running), 12)
        self.assertEqual(set(running.mapped("how")), {"leaver"})
        self.assertEqual(running.previous_user_id, self.leaver)
        self.assertEqual(running.registered_by_id, self.users["hr"])
        self.assertEqual(set((rows - running).mapped("end_reason")), {"leaver"})
        visits = self.env["calendar.event"].search(
            [("visit_partner_id", "=", self.owned[2].id), ("visit_state", "=", "planned")]
        )
        self.assertEqual(visits.user_id, successor)
        self.assertEqual(visits.start, self.visit.start)
        self.assertIn(successor.partner_id, visits.partner_ids)
        self.assertNotIn(self.leaver.partner_id, visits.partner_ids)
        for kind in checkout._work_domains():
            self.assertFalse(checkout._work(kind), kind)
        self.assertEqual(checkout.handed_over, 19)
        event = self.env["regulation.register"].search([("event", "=", "leaver_handed_over")])
        self.assertEqual((event.code, event.subject_id), ("19", self.leaver))

    def test_cap_of_the_successor_does_not_stop_it(self):
        """Who decides that somebody takes over decides it for all of them."""
        checkout = self.checkout(successor_id=self.users["b"].id)
        checkout.action_hand_over()
        self.assertEqual(
            self.env["res.partner"].search_count([("user_id", "=", self.leaver.id)]), 0
        )

    def test_who_may(self):
        checkout = self.checkout(successor_id=self.users["b"].id)
        for login in ("t", "b", "km", "aud"):
            with self.subTest(login), mute_logger("odoo.addons.base.models.ir_model"):
                for step in ("action_hand_over", "action_end_access"):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        getattr(checkout.with_user(self.users[login]), step)()
        checkout.with_user(self.users["tm"]).action_hand_over()

    def test_nobody_takes_the_work_of_who_stays(self):
        """S4-087: a list that the superior has opened himself moves nothing and ends nothing."""
        superior = self.users["tm"]
        checkout = (
            self.env["confidentiality.checkout"]
            .with_user(superior)
            .create({"employee_id": self.employee.id, "successor_id": superior.id})
        )
        mine = self.env["res.partner"].search_count([("user_id", "=", self.leaver.id)])
        self.assertTrue(mine)
        for step in ("action_hand_over", "action_end_access"):
            with self.subTest(step), self.assertRaises(UserError) as refused:
                getattr(checkout, step)()
            self.assertIn(self.users["hr"].name, str(refused.exception))
        left = self.env["res.partner"].search_count([("user_id", "=", self.leaver.id)])
        self.assertEqual(left, mine)
        checkout.with_user(self.users["hr"]).action_hand_over()
        self.assertFalse(self.env["res.partner"].search_count([("user_id", "=", self.leaver.id)]))

    def test_queries_of_a_hand_over(self):
        """Customers pass in sets: as many queries for 12 as for 3."""
        def queries(number):
            savepoint = self.cr.savepoint()
            (self.owned[number:] | self.contact).sudo().with_context(active_test=False)
            self.env.cr.execute(
                "UPDATE res_partner SET user_id = NULL WHERE id IN %s",
                [tuple((self.owned[number:] | self.contact).ids)],
            )
            self.env.invalidate_all()
            checkout = self.checkout(successor_id=self.users["b"].id)
            self.env.flush_all()
            count = self.env.cr.sql_log_count
            checkout.sudo()._hand_over_customers(
                checkout.sudo()._work("customers"), self.users["b"]
            )
            self.env.flush_all()
            count = self.env.cr.sql_log_count - count
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            return count

        queries(12)
        self.assertAlmostEqual(queries(11), queries(3), delta=1)

    def test_access(self):
        """Keys, sessions, links, grants and lists end; the item is complete only then."""
        self._qualify("t")
        grant = self._grant("t", "customer")
        place = self._list("Tender", "t").member_ids
        today = self.company._regulation_today()
        fresh = self.env["confidentiality.member"].create(
            [
                {"label_id": place.label_id.id, "user_id": self.leaver.id, "date_from": day}
                for day in (today, today + timedelta(days=3))
            ]
        )
        keys = self.env["res.users.apikeys"]
        key = keys.with_user(self.leaver).sudo()._generate(None, "test", "2036-01-01")
        self.contract._portal_ensure_token()
        token = self.contract.access_token
        checkout = self.checkout(successor_id=self.users["b"].id)
        self.assertEqual((checkout.open_access, checkout.open_grants), (1, 4))
        checkout.action_end_access()
        self.env.invalidate_all()
        self.assertEqual((checkout.open_access, checkout.open_grants), (0, 0))
        self.assertFalse(keys._check_credentials(scope="rpc", key=key))
        self.assertNotEqual(self.contract.access_token, token)
        self.assertTrue(grant.revoked_at)
        self.assertLess(place.date_to, today)
        # Joined today or later: not for one more day, should he log in again
        for member in fresh:
            self.assertLess(member.date_to, member.date_from)
        self.assertFalse(
            self.env["confidentiality.grant"]._facts_of(self.leaver)[self.leaver.id]["lists"]
        )
        self.assertNotIn("checkout_access", checkout.missing)
        # Whoever logs in again has a session again
        self.env["res.users.log"].with_user(self.leaver).sudo().create({})
        self.env.cr.execute(
            "UPDATE res_users_log SET create_date = %s WHERE create_uid = %s",
            [fields.Datetime.now() + timedelta(minutes=1), self.leaver.id],
        )
        self.env.invalidate_all()
        self.assertEqual(checkout.open_access, 1)
        self.assertIn("checkout_access", checkout.missing)


@tagged("post_install", "-at_install")
class TestCheckoutObserved(CheckoutCommon):
    """Observed: they leave, and the register notes it."""

    mode = "observe"

    def test_leaves(self):
        self.employee.with_context(no_wizard=True).action_archive()
        self.assertFalse(self.employee.active)

    def test_leaves_with_open_list(self):
        checkout = self.checkout()
        self.employee.with_context(no_wizard=True).action_archive()
        self.assertFalse(self.employee.active)
        self.assertEqual(checkout.state, "left")


@tagged("post_install", "-at_install")
class TestCheckoutUnregulated(CheckoutCommon):
    """Without a regulation in force everything is as in Odoo (C57)."""

    mode = None

    def test_as_in_odoo(self):
        for name, way in self.ways_out().items():
            with self.subTest(name):
                savepoint = self.cr.savepoint()
                way()
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def test_no_list_opens(self):
        self.employee.departure_date = self.company._regulation_today() + timedelta(days=5)
        self.env["confidentiality.checkout"]._cron_open()
        checkouts = self.env["confidentiality.checkout"]
        self.assertFalse(checkouts.search([("company_id", "=", self.company.id)]))

    def test_hand_over(self):
        """A list may be kept all the same: customers pass without a registration."""
        self.customers["beihe"].user_id = self.leaver
        checkout = self.checkout(successor_id=self.users["b"].id)
        checkout.action_hand_over()
        self.assertEqual(self.customers["beihe"].user_id, self.users["b"])
