# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest
from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import UserError
from odoo.tests import BaseCase, get_db_name, tagged

from .parallel import ParallelWorld


class OwnershipWorld(ParallelWorld):
    gates = ("customer_owner",)

    @classmethod
    def _publish(cls):
        """The composite regulation with check-in at visits; plans are approved."""
        template = cls.env["regulation.profile"].search(
            [("code", "=", "COMPOSITE-DEMO"), ("is_template", "=", True)], limit=1
        )
        template.visit_check_in = True
        return super()._publish()


@tagged("post_install", "-at_install")
class TestOwnershipParallel(BaseCase):
    """Invariant 6 when several people register one customer at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = OwnershipWorld.source_of(get_db_name())
        if not source:
            raise unittest.SkipTest("needs a database to copy: run the tests with ./dev test")
        cls.world = OwnershipWorld(source)
        cls.addClassCleanup(cls.world.drop)
        cls.world.build()

    def fresh(self, name, **values):
        with self.world.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create(
                {"name": name, "company_id": self.world.company_id, **values}
            )
            return partner.id

    def test_one_wins(self):
        partner = self.fresh("Wanted")
        results = self.world.together(
            *[
                (login, "res.partner", "action_register_customer", [partner])
                for login in ("a", "b", "t")
            ]
        )
        refused = [result for result in results if isinstance(result, UserError)]
        self.assertEqual(len(refused), 2)
        rows = self.world.rows(
            "SELECT registration.user_id, partner.user_id FROM customer_registration registration"
            " JOIN res_partner partner ON partner.id = registration.partner_id"
            " WHERE partner.id = %s AND registration.state = 'active'",
            partner,
        )
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0][0], rows[0][1])

    def test_duplicates_at_once(self):
        """Two cards of one customer do not give him two owners."""
        pair = [self.fresh("Twice Ltd", is_company=True) for _number in range(2)]
        results = self.world.together(
            ("a", "res.partner", "action_register_customer", [pair[0]]),
            ("b", "res.partner", "action_register_customer", [pair[1]]),
        )
        self.assertEqual(len([one for one in results if isinstance(one, UserError)]), 1)
        owners = self.world.rows(
            "SELECT DISTINCT user_id FROM customer_registration"
            " WHERE state = 'active' AND partner_id IN (%s, %s)",
            *pair,
        )
        self.assertEqual(len(owners), 1)

    def test_new_customer_at_once(self):
        """Two people enter one new customer at the same moment: neither sees the other's card."""
        for number, known in enumerate(
            (
                {"is_company": True, "name": "Brand New Ltd"},
                {"vat": "CN9876543210"},
                {"email": "office@brandnew.example.com"},
                {"phone": "+86 139 0013 9800"},
            )
        ):
            values = {"name": "New one", "company_id": self.world.company_id, **known}
            marked = {**values, "comment": f"at once {number}"}
            with self.subTest(known=known):
                results = self.world.together(
                    *[
                        (
                            login,
                            "res.partner",
                            "create",
                            [{**marked, "user_id": self.world.uids[login]}],
                        )
                        for login in ("a", "b")
                    ],
                )
                refused = [one for one in results if isinstance(one, UserError)]
                self.assertEqual(len(refused), 1, results)
                rows = self.world.rows(
                    "SELECT row.user_id FROM customer_registration row"
                    " JOIN res_partner partner ON partner.id = row.partner_id"
                    " WHERE row.state = 'active' AND partner.comment LIKE %s",
                    f"%at once {number}%",
                )
                self.assertEqual(len(rows), 1)

    def test_two_cards_become_one_customer_at_once(self):
        """A and B write the same number on customers of theirs at the same moment."""
        pair = []
        for login in ("a", "b"):
            pair.append(self.fresh(f"Card of {login}"))
            self.world.call(login, "res.partner", "action_register_customer", [pair[-1]])
        results = self.world.together(
            *[
                (login, "res.partner", "write", [partner], {"vat": "CN1111111111"})
                for login, partner in zip(("a", "b"), pair, strict=True)
            ]
        )
        self.assertEqual(len([one for one in results if isinstance(one, UserError)]), 1, results)

    # === WHILE A CUSTOMER CHANGES HANDS === #

    def lapsed(self, name, login="a"):
        """A customer whose owner nobody protects any more."""
        partner = self.fresh(name)
        self.world.call(login, "res.partner", "action_register_customer", [partner])
        with self.world.registry.cursor() as cr:
            cr.execute(
                "UPDATE customer_registration SET registered_at = registered_at - interval '30 days'"
                " WHERE partner_id = %s",
                [partner],
            )
        return partner

    def pending(self, model, res_id):
        [[approval]] = self.world.rows(
            "SELECT id FROM regulation_approval WHERE res_model = %s AND res_id = %s"
            " AND state = 'pending'",
            model,
            res_id,
        )
        return approval

    def test_plan_and_change_of_hands(self):
        """Whoever comes first: A's calendar holds no visit to B's customer."""
        partner = self.lapsed("Planned")
        month = fields.Date.today().replace(day=1) + relativedelta(months=1)
        [plan] = self.world.call(
            "a",
            "visit.plan",
            "create",
            [
                {
                    "month": str(month),
                    "line_ids": [
                        Command.create(
                            {
                                "partner_id": partner,
                                "start": f"{month + timedelta(days=9)} 03:00:00",
                                "purpose": "Samples",
                            }
                        )
                    ],
                }
            ],
        )
        self.world.call("a", "visit.plan", "action_submit", [plan])
        results = self.world.together(
            ("km", "regulation.approval", "action_approve", [self.pending("visit.plan", plan)]),
            ("b", "res.partner", "action_register_customer", [partner]),
        )
        self.assertFalse([one for one in results if isinstance(one, UserError)], results)
        [[owner, ended, active]] = self.world.rows(
            "SELECT partner.user_id, line.ended_on, COALESCE(event.active, false)"
            "  FROM visit_plan_line line JOIN res_partner partner ON partner.id = line.partner_id"
            "  LEFT JOIN calendar_event event ON event.id = line.event_id"
            " WHERE line.plan_id = %s",
            plan,
        )
        self.assertEqual(owner, self.world.uids["b"])
        self.assertTrue(ended)
        self.assertFalse(active)

    def test_lead_and_change_of_hands(self):
        """A lead is created for A while B registers the customer: never both against the rule."""
        partner = self.lapsed("Led")
        results = self.world.together(
            ("a", "crm.lead", "create", [{"name": "Led", "partner_id": partner}]),
            ("t", "crm.lead", "create", [{"name": "Led", "partner_id": partner}]),
            ("b", "res.partner", "action_register_customer", [partner]),
        )
        self.assertIs(results[2], True)
        # Once B owns him, nobody else gets one
        with self.assertRaises(UserError):
            self.world.call("a", "crm.lead", "create", [{"name": "Led", "partner_id": partner}])
        late = self.world.rows(
            "SELECT lead.id FROM crm_lead lead JOIN customer_registration row"
            "    ON row.partner_id = lead.partner_id AND row.state = 'active'"
            " WHERE lead.partner_id = %s AND lead.user_id != row.user_id"
            "   AND lead.create_date > row.registered_at + interval '1 second'",
            partner,
        )
        self.assertFalse(late)

    def test_two_check_ins(self):
        """One visit is checked in once, from the phone and from the desk at one moment."""
        partner = self.fresh("Visited")
        self.world.call("a", "res.partner", "action_register_customer", [partner])
        now = fields.Datetime.now()
        [event] = self.world.call(
            "a",
            "calendar.event",
            "create",
            [
                {
                    "name": "Visit",
                    "start": str(now),
                    "stop": str(now + timedelta(hours=1)),
                    "visit_partner_id": partner,
                }
            ],
        )
        self.world.call("a", "visit.check.in.consent", "action_give")
        results = self.world.together(
            *[("a", "calendar.event", "action_check_in", [event], 22.5, 114.0)] * 2
        )
        self.assertEqual(len([one for one in results if isinstance(one, UserError)]), 1, results)
        rows = self.world.rows("SELECT id FROM visit_check_in WHERE event_id = %s", event)
        self.assertEqual(len(rows), 1)

    # === OPPORTUNITIES === #

    def source(self):
        with self.world.registry.cursor() as cr:
            return api.Environment(cr, SUPERUSER_ID, {})["utm.source"].search([], limit=1).id

    def decided_once(self, login, approval):
        results = self.world.together(
            *[(login, "regulation.approval", "action_approve", [approval])] * 2
        )
        self.assertEqual(len([one for one in results if isinstance(one, UserError)]), 1, results)
        decisions = self.world.rows(
            "SELECT id FROM regulation_approval_decision"
            " WHERE approval_id = %s AND verdict = 'approved'",
            approval,
        )
        self.assertEqual(len(decisions), 1)

    def test_handover_accepted_twice(self):
        [lead] = self.world.call(
            "t", "crm.lead", "create", [{"name": "Found", "source_id": self.source()}]
        )
        [handover] = self.world.call(
            "t", "crm.lead", "action_hand_over", [lead], user_id=self.world.uids["a"]
        )
        self.decided_once("tm", self.pending("crm.lead.handover", handover))
        rows = self.world.rows(
            "SELECT id FROM regulation_register WHERE event = 'lead_handed_over' AND res_id = %s",
            handover,
        )
        self.assertEqual(len(rows), 1)

    def test_evaluated_twice(self):
        [lead] = self.world.call(
            "a",
            "crm.lead",
            "create",
            [
                {
                    "name": "Large",
                    "type": "opportunity",
                    "source_id": self.source(),
                    "partner_id": self.fresh("Large"),
                }
            ],
        )
        self.world.call("a", "crm.lead", "action_request_evaluation", [lead], reason="New")
        together = self.world.together(
            *[
                ("km", "crm.lead", "action_evaluate", [lead], {"size": size, "probability": 40})
                for size in (100, 900)
            ]
        )
        self.assertFalse([one for one in together if isinstance(one, UserError)], together)
        self.decided_once("km", self.pending("crm.lead", lead))

    # === THE NIGHTLY RUN === #

    def recycle(self, batches=None):
        """Run the job; after so many batches the process dies in the middle of the next one."""
        Registration = self.world.registry["customer.registration"]
        release = Registration._release
        seen = []

        def counted(self, partners, reason):
            release(self, partners, reason)
            seen.append(len(partners))
            if batches is not None and len(seen) > batches:
                raise SystemExit

        module = "odoo.addons.sales_regulation.models.customer.customer_registration"
        with (
            patch(f"{module}._BATCH", 5),
            patch.object(Registration, "_release", counted),
            self.world.registry.cursor() as cr,
        ):
            env = api.Environment(cr, SUPERUSER_ID, {})
            try:
                env["customer.registration"]._cron_recycle()
                cr.commit()
            except SystemExit:
                cr.rollback()
        return seen

    def mode(self, mode):
        with self.world.registry.cursor() as cr:
            cr.execute("UPDATE regulation_profile SET ownership_mode = %s", [mode])
            api.Environment(cr, SUPERUSER_ID, {}).registry.clear_all_caches()

    def test_recycling_is_restartable(self):
        """Killed in the middle of a batch and started again: nothing is lost, nothing twice."""
        self.recycle()  # whatever the other tests have left
        partners = [self.lapsed(f"Recycled {number}") for number in range(22)]
        self.mode("release")
        self.addCleanup(self.mode, "keep")
        released = (
            "SELECT COUNT(*), COUNT(DISTINCT res_id) FROM regulation_register"
            " WHERE event = 'owner_released' AND res_model = 'res.partner' AND res_id = ANY(%s)"
        )
        owned = "SELECT COUNT(*) FROM res_partner WHERE id = ANY(%s) AND user_id IS NOT NULL"
        self.recycle(batches=2)
        [[rows, customers]] = self.world.rows(released, partners)
        [[left]] = self.world.rows(owned, partners)
        self.assertEqual(rows, customers)
        self.assertTrue(0 < customers < 22, "what was committed stays, the rest is undone")
        self.assertEqual(left, 22 - customers)
        self.recycle()
        self.assertEqual(self.world.rows(released, partners), [(22, 22)])
        self.assertEqual(self.world.rows(owned, partners), [(0,)])
        running = self.world.rows(
            "SELECT COUNT(*) FROM customer_registration WHERE partner_id = ANY(%s)"
            " AND state = 'active'",
            partners,
        )
        self.assertEqual(running, [(0,)])
        self.recycle()
        self.assertEqual(self.world.rows(released, partners), [(22, 22)])
