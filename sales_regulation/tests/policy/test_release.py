# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools import Refusal
from .test_resolution import PolicyCase


@tagged("post_install", "-at_install")
class TestRelease(PolicyCase):
    """Special release: one document, one gate, once (S4-338); what people try against it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._profile(gates={"price_authority": "enforce"}, publish=False)
        cls.profile.gate_ids.release_role_id = cls.roles["general_manager"]
        cls.profile.with_user(cls.users["gm"]).action_publish()
        cls.gate = cls.profile.gate_ids.gate_id
        cls.order = cls._order("a")
        cls.startClassPatcher(
            patch.object(
                type(cls.env["sale.order"]),
                "_gate_price_authority",
                lambda orders, policies, **facts: {
                    order.id: Refusal("Too cheap", amount=1000.0, currency=cls.cny)
                    for order in orders
                },
            )
        )

    def _request(self, login="a", order=None, **values):
        order = order or self.order
        return (
            self.env["regulation.release"]
            .with_user(self.users[login])
            .create(
                {
                    "gate_id": self.gate.id,
                    "res_model": "sale.order",
                    "res_id": order.id,
                    "reason": "An old customer in need",
                    **values,
                }
            )
        )

    def _refused(self, order=None):
        """Whether the step of the document is stopped now."""
        refusals = (order or self.order)._gate_refusals("confirm")
        return any(not refusal.release_id for refusal in refusals)

    def test_granted_release_lets_one_step_pass(self):
        release = self._request()
        self.assertEqual(release.requested_by_id, self.users["a"])
        self.assertEqual(release.company_id, self.company)
        self.assertTrue(self._refused(), "a request is no release")
        self._as(release, "gm").action_grant()
        self.assertFalse(self._refused())
        self.order._gate_pass("confirm")
        self.assertEqual(release.state, "used")
        with self.assertRaises(UserError):
            self.order._gate_pass("confirm")
        events = self.env["regulation.register"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", self.order.id)]
        )
        self.assertIn("release_granted", events.mapped("event"))
        self.assertEqual(len(events.filtered(lambda row: row.event == "released")), 1)

    def test_an_error_names_no_document_that_may_not_be_read(self):
        """Not even where the step is taken as superuser, as the portal does."""
        order = self.order.sudo()
        refusals = order._gate_refusals("confirm")
        self.assertIn(order.name, order._gate_error_text(refusals))
        foreign = order.with_user(self.users["t"]).sudo()
        refusals = foreign._gate_refusals("confirm")
        self.assertNotIn(order.name, foreign._gate_error_text(refusals))

    def test_gates_are_updated_with_the_product(self):
        """A company's choices are on its profile, the definition of a gate is ours."""
        rows = self.env["ir.model.data"].search(
            [
                ("module", "=", "sales_regulation"),
                ("model", "in", ("regulation.gate", "regulation.gate.point")),
            ]
        )
        self.assertTrue(rows)
        self.assertFalse(any(rows.mapped("noupdate")))

    def test_only_for_this_document_and_this_gate(self):
        other = self._order("a")
        self._as(self._request(order=other), "gm").action_grant()
        self.assertTrue(self._refused())
        self.assertFalse(self._refused(other))

    def test_created_as_granted(self):
        for vals in (
            {"state": "granted"},
            {"decided_by_id": self.users["gm"].id},
            {"requested_by_id": self.users["gm"].id},
            {"company_id": self.env.company.id + 1},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self._request(**vals)
        release = (
            self._as(self.env["regulation.release"], "a")
            .with_context(default_state="granted", default_decided_by_id=self.users["gm"].id)
            .create(
                {
                    "gate_id": self.gate.id,
                    "res_model": "sale.order",
                    "res_id": self.order.id,
                    "reason": "x",
                }
            )
        )
        self.assertEqual(release.state, "requested")
        self.assertFalse(release.decided_by_id)

    def test_written_as_granted(self):
        release = self._request()
        for login in ("a", "adm", "gm"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(release, login).write({"state": "granted"})
        with self.assertRaises(AccessError):
            release.sudo().write({"state": "granted"})
        self.assertTrue(self._refused())

    def test_granted_without_the_role(self):
        """Storyline step 28: the key-account manager cannot release."""
        release = self._request()
        for login in ("a", "km", "rm", "dgm", "adm", "fin"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(release, login).action_grant()
        self.assertFalse(self._as(release, "km").can_decide)
        self.assertTrue(self._as(release, "gm").can_decide)
        self.assertEqual(release.state, "requested")

    def test_a_role_in_another_company_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.users["rm"].company_ids |= other
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.roles["general_manager"].id,
                "company_id": other.id,
                "user_id": self.users["rm"].id,
            }
        )
        with self.assertRaises(AccessError):
            self._as(self._request(), "rm").action_grant()

    def test_not_pointed_at_another_document(self):
        """Who decides was found for the document that was named: it stays with it."""
        release = self._request()
        other = self._order("a")
        for values in (
            {"res_id": other.id},
            {"res_model": "dispatch.notice"},
            {"gate_id": self.env.ref("sales_regulation.gate_credit").id},
        ):
            for login in ("a", "gm"):
                with self.subTest(values=values, login=login), self.assertRaises(UserError):
                    self._as(release, login).write(values)
        self.assertEqual(release.res_id, self.order.id)

    def test_whoever_decides_reads_what_is_short(self):
        """Customer, order, amount and reason stand on the request itself (S4-338)."""
        release = self._as(self._request(), "gm")
        self.assertEqual(release.customer, self.order.partner_id.display_name)
        self.assertEqual(release.order_names, self.order.name)
        self.assertEqual((release.shortage, release.shortage_currency_id), (1000.0, self.cny))
        for text in ("Too cheap", self.order.name, self.order.partner_id.name):
            self.assertIn(text, release.situation)
        self.assertIn(release, release.search([("can_decide", "=", True)]))
        self.assertNotIn(release, self._as(release, "a").search([("can_decide", "=", True)]))
        self.assertNotIn(release, self._as(release, "dgm").search([("can_decide", "=", True)]))
        release.action_grant()
        release.invalidate_recordset()
        self.assertFalse(release.situation)
        self.assertEqual(release.customer, self.order.partner_id.display_name)

    def test_list_of_releases_costs_the_same(self):
        def count(releases):
            self.env.flush_all()
            releases.invalidate_recordset()
            before = self.cr.sql_log_count
            self._as(releases, "gm").read(["name", "customer", "shortage", "state"])
            return self.cr.sql_log_count - before

        one = self._request()
        many = one
        for _number in range(9):
            many |= self._request(order=self._order("a"))
        count(many)
        self.assertEqual(count(one), count(many))

    def test_no_release_where_the_regulation_knows_none(self):
        draft = self.profile.browse(self.profile.action_new_version()["res_id"])
        draft.gate_ids.release_role_id = False
        draft.with_user(self.users["gm"]).action_publish()
        with self.assertRaises(AccessError):
            self._as(self._request(), "gm").action_grant()

    def test_own_document_is_recorded_as_self_decided(self):
        order = self._order("gm")
        release = self._request("gm", order)
        self._as(release, "gm").action_grant()
        self.assertEqual(release.state, "granted")
        self.assertTrue(
            self.env["regulation.register"].search_count(
                [("event", "=", "self_decided"), ("res_id", "=", order.id)]
            )
        )

    def test_own_document_goes_to_the_deputy_where_one_is_named(self):
        draft = self.profile.browse(self.profile.action_new_version()["res_id"])
        draft.deputy_role_id = self.roles["deputy_general_manager"]
        draft.with_user(self.users["gm"]).action_publish()
        order = self._order("gm")
        with self.assertRaises(AccessError):
            self._as(self._request("gm", order), "gm").action_grant()

    def test_decided_twice_edited_or_deleted(self):
        release = self._request(amount=2000.0)
        self._as(release, "gm").action_grant()
        with self.assertRaises(UserError):
            self._as(release, "gm").action_refuse()
        for vals in (
            {"amount": 9999.0},
            {"res_id": self.order.id + 1},
            {"reason": "Another"},
            {"expires_at": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._as(release, "gm").write(vals)
        with self.assertRaises(UserError):
            self._as(release, "adm").unlink()

    def test_what_was_asked_for_is_not_changed(self):
        """Between the reading and the decision neither amount nor expiry nor reason moves."""
        release = self._request(amount=2000.0)
        Release = self.env["regulation.release"]
        for login in ("a", "adm", "gm"):
            for vals in (
                {"amount": 0.0},
                {"currency_id": self.env.ref("base.USD").id},
                {"reason": "Another"},
                {"expires_at": fields.Datetime.now() + timedelta(days=300)},
                {"fingerprint": False},
            ):
                with self.subTest(login=login, vals=vals), self.assertRaises(UserError):
                    self._as(release, login).write(vals)
            self.assertFalse(
                self._as(Release, login).load([".id", "amount"], [[str(release.id), "0"]])["ids"]
            )
        self.assertEqual(release.amount, 2000.0)

    def test_withdrawn_and_asked_anew(self):
        release = self._request()
        for login in ("b", "gm", "adm"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(release, login).action_withdraw()
        self.assertTrue(self._as(release, "a").can_withdraw)
        self._as(release, "a").action_withdraw()
        self.assertEqual(release.state, "withdrawn")
        self.assertFalse(release.sudo().activity_ids)
        with self.assertRaises(UserError):
            self._as(release, "gm").action_grant()
        again = self._request(amount=1000.0, currency_id=self.cny.id)
        self._as(again, "gm").action_grant()
        with self.assertRaises(UserError):
            self._as(again, "a").action_withdraw()
        self.assertFalse(self._refused())

    def test_it_is_for_the_quotation_that_was_read(self):
        """One that grows after the request, or after the grant, has to ask again."""
        release = self._request()
        line = self._as(self.order, "a").order_line
        line.product_uom_qty = 100
        with self.assertRaises(UserError):
            self._as(release, "gm").action_grant()
        line.product_uom_qty = 1
        self._as(release, "gm").action_grant()
        self.assertFalse(self._refused())
        line.product_uom_qty = 100
        self.assertTrue(self._refused())
        with self.assertRaises(UserError):
            self.order._gate_pass("confirm")
        self.assertEqual(release.state, "granted")
        line.product_uom_qty = 1
        self.order._gate_pass("confirm")
        self.assertEqual(release.state, "used")

    def test_expired(self):
        release = self._request(expires_at=fields.Datetime.now() - timedelta(minutes=1))
        self._as(release, "gm").action_grant()
        self.assertTrue(release.is_expired)
        self.assertTrue(self._refused())
        with self.assertRaises(UserError):
            self.order._gate_pass("confirm")

    def test_amount_too_small(self):
        """999.99 does not cover a shortage of 1,000.00; 1,000.00 does."""
        self._as(self._request(amount=999.99, currency_id=self.cny.id), "gm").action_grant()
        self.assertTrue(self._refused())
        self._as(self._request(amount=1000.0, currency_id=self.cny.id), "gm").action_grant()
        self.assertFalse(self._refused())

    def test_revoked(self):
        release = self._request()
        self._as(release, "gm").action_grant()
        with self.assertRaises(AccessError):
            self._as(release, "a").action_revoke()
        self._as(release, "gm").action_revoke()
        self.assertTrue(self._refused())

    def test_not_for_a_document_that_he_may_not_read(self):
        foreign = self._order("t")
        with self.assertRaises(AccessError):
            self._request("a", foreign)

    def test_not_for_a_model_that_the_gate_does_not_guard(self):
        for model in ("res.partner", "no.such.model", "regulation.profile"):
            with self.subTest(model=model), self.assertRaises(UserError):
                self._request(res_model=model, res_id=self.company.partner_id.id)

    def test_two_transactions_cannot_both_use_it(self):
        """The second one fails, is replayed by Odoo, and finds the release used."""
        dbname = self.env.cr.dbname
        with db_connect(dbname).cursor() as first, db_connect(dbname).cursor() as second:
            first.execute(
                "INSERT INTO regulation_release (gate_id, res_model, res_id, reason, state)"
                " SELECT id, 'sale.order', 0, 'two transactions', 'granted'"
                "   FROM regulation_gate ORDER BY id LIMIT 1 RETURNING id"
            )
            (release_id,) = first.fetchone()
            first.commit()
            try:
                second.execute("SELECT 1")  # its picture of the data is taken here
                first.execute("SELECT 1")
                for cr in (first, second):
                    release = (
                        self.env["regulation.release"]
                        .with_env(self.env(cr=cr, user=1, context={}))
                        .browse(release_id)
                    )
                    refusal = Refusal(
                        "x",
                        record=release.env["sale.order"].browse(0),
                        gate="x",
                        release_id=release_id,
                    )
                    if cr is first:
                        with patch.object(type(release.env["regulation.register"]), "_record"):
                            release._consume([refusal])
                        cr.commit()
                    else:
                        with (
                            patch.object(type(release.env["regulation.register"]), "_record"),
                            self.assertRaises(SerializationFailure),
                            mute_logger("odoo.sql_db"),
                        ):
                            release._consume([refusal])
                        cr.rollback()
            finally:
                second.rollback()
                first.execute("DELETE FROM regulation_release WHERE id = %s", [release_id])
                first.commit()
