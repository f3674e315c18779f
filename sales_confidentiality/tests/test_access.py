# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ConfidentialityCommon


@tagged("post_install", "-at_install")
class TestAccess(ConfidentialityCommon):
    """Grants, owners, teams, lists, qualifications (C50, C53)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order("a")

    def test_who_sees_the_customer(self):
        """The first column of the storyline's table: owner, team and grants; nobody else.

        S3-23, S3-24: shared in the team, and beyond it by the rules of secrecy.
        """
        seen = {login for login in self.users if self.sees(login, self.xinghai)}
        self.assertEqual(
            seen, {"a", "b", "km", "rm", "dgm", "gm", "leg", "fin", "wh", "clk", "aud"}
        )

    def test_who_sees_the_order(self):
        """A contract and what is made of it belong to the owner and to who is cleared."""
        self.assertEqual(self.order.confidentiality_label_id, self._label("confidential", "contract"))
        able = ("a", "b", "km", "rm", "dgm", "gm", "t", "tm", "fin", "wh", "clk")
        seen = {login for login in able if self.sees(login, self.order)}
        # B and T see by Odoo's own rules their own orders only; WH and CLK see all by those
        self.assertEqual(seen, {"a", "km", "rm", "dgm", "gm", "fin"})

    def test_names_are_not_found(self):
        partners = self.env["res.partner"].with_user(self.users["t"])
        self.assertFalse(partners.name_search("Xinghai"))
        self.assertFalse(partners.search([("name", "ilike", "Xinghai")]))
        self.assertEqual(partners.search_count([("id", "=", self.xinghai.id)]), 0)
        with self.assertRaises(AccessError):
            partners.browse(self.xinghai.id).read(["name"])

    def test_writing_is_refused_too(self):
        with self.assertRaises(AccessError):
            self._as(self.xinghai, "t").write({"comment": "mine"})
        with self.assertRaises(AccessError):
            self._as(self.order, "tm").write({"client_order_ref": "mine"})

    def test_a_number_does_not_show_a_name(self):
        """Writing the id of a hidden customer into an own order is refused."""
        order = self._order("t", "beihe")
        with self.assertRaises(AccessError):
            order.partner_id = self.xinghai.id
        with self.assertRaises(AccessError):
            self._order("t", "xinghai")

    def test_a_number_in_whatever_shape(self):
        """As a default, as a pair, as a form that only asks."""
        orders = self.env["sale.order"].with_user(self.users["t"])
        with self.assertRaises(AccessError):
            orders.with_context(default_partner_id=self.xinghai.id).create({})
        spec = {"partner_id": {"fields": {"display_name": {}}}}
        for value in (self.xinghai.id, {"id": self.xinghai.id}, [self.xinghai.id, ""]):
            with self.assertRaises(AccessError):
                orders.onchange({"partner_id": value}, ["partner_id"], spec)

    def test_no_name_in_the_error(self):
        """Nor in developer mode: group no_one."""
        self.users["t"].group_ids |= self.env.ref("base.group_no_one")
        with self.assertRaises(AccessError) as refused:
            self._as(self.xinghai, "t").check_access("read")
        self.assertNotIn("Xinghai", str(refused.exception))
        self.assertNotIn(str(self.xinghai.id), str(refused.exception))

    def test_revoked_at_once(self):
        grant = self.env["confidentiality.grant"].search(
            [("user_id", "=", self.users["fin"].id), ("category_id.code", "=", "contract")]
        )
        self.assertTrue(self.sees("fin", self.order))
        grant.with_user(self.officer).action_revoke()
        self.assertFalse(self.sees("fin", self.order))
        self.assertFalse(self.sees("fin", self.order.order_line))

    def test_expired_and_not_begun(self):
        fin = self.env["confidentiality.grant"].search([("user_id", "=", self.users["fin"].id)])
        fin.action_revoke()
        self._grant("fin", "contract", date_to=date(2020, 12, 31))
        self._grant("fin", "contract", date_from=date(2099, 1, 1))
        self.assertFalse(self.sees("fin", self.order))
        self._grant("fin", "contract", level="internal")
        self.assertFalse(self.sees("fin", self.order), "the level is too low")
        self._grant("fin", "contract", level="confidential")
        self.assertTrue(self.sees("fin", self.order))

    def test_without_nda_not_even_the_owner(self):
        """S4-010: no valid NDA or examination, nothing confidential."""
        for kind in ("nda", "exam"):
            with self.subTest(kind), self.cr.savepoint() as savepoint:
                self.env["regulation.qualification"].search(
                    [("user_id", "=", self.users["a"].id), ("kind", "=", kind)]
                ).action_revoke()
                self.assertFalse(self.sees("a", self.order))
                self.assertFalse(self.sees("a", self.xinghai))
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertTrue(self.sees("a", self.order))

    def test_days_of_grace(self):
        """They stand for NDA and examination until a date; HR gives them, nobody to himself."""
        self.env["regulation.qualification"].search(
            [("user_id", "=", self.users["a"].id)]
        ).action_revoke()
        self.assertFalse(self.sees("a", self.order))
        today = self.company._regulation_today()
        values = {
            "name": "Until the next examination",
            "kind": "grace",
            "user_id": self.users["a"].id,
            "company_id": self.company.id,
        }
        qualifications = self.env["regulation.qualification"].with_user(self.users["hr"])
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            qualifications.create(values)
        for login in ("a", "km"):
            with self.assertRaises(AccessError):
                qualifications.with_user(self.users[login]).create(values)
        ended = {"date": today - timedelta(days=9), "valid_until": today - timedelta(days=1)}
        qualifications.create({**values, **ended})
        self.assertFalse(self.sees("a", self.order))
        grace = qualifications.create({**values, "date": today, "valid_until": today})
        self.assertTrue(self.sees("a", self.order))
        self.assertFalse(self.sees("t", self.order), "who has no grant gets none by it")
        grace.action_revoke()
        self.assertFalse(self.sees("a", self.order))

    def test_need_to_know(self):
        """Members of the list only, not even who is cleared for everything; with dates."""
        listed = self._list("Project North", "a", "fin")
        self.order.confidentiality_label_id = listed
        seen = {login for login in ("a", "km", "gm", "fin", "dgm") if self.sees(login, self.order)}
        self.assertEqual(seen, {"a", "fin"})
        fin = listed.member_ids.filtered(lambda member: member.user_id == self.users["fin"])
        fin.with_user(self.officer).date_to = date(2020, 2, 1)
        self.assertFalse(self.sees("fin", self.order))

    def test_nobody_puts_himself_on_a_list(self):
        listed = self._list("Project South", "a")
        members = self.env["confidentiality.member"].with_user(self.officer)
        with self.assertRaises(AccessError):
            members.create({"label_id": listed.id, "user_id": self.officer.id})
        with self.assertRaises(AccessError):
            listed.with_user(self.officer).write(
                {"member_ids": [(0, 0, {"user_id": self.officer.id})]}
            )
        member = members.create({"label_id": listed.id, "user_id": self.users["b"].id})
        with self.assertRaises(UserError):
            member.user_id = self.officer
        with self.assertRaises(AccessError):
            member.unlink()
        with self.assertRaises(UserError):
            member.sudo().unlink()
        joined = self.env["regulation.register"].search([("event", "=", "list_joined")])
        self.assertIn(self.users["b"], joined.subject_id)
        row = joined.filtered(lambda one: one.res_id == member.id)
        self.assertEqual(row.document, self.users["b"].name, "who, and not the name of the list")

    def test_two_companies(self):
        """The NDA counts in the person's main company; company rules hold beside the labels."""
        other = self.env["res.company"].create({"name": "Sister"})
        self.env["regulation.qualification"].search(
            [("user_id", "=", self.users["km"].id), ("kind", "=", "nda")]
        ).action_revoke()
        values = {
            "name": "NDA",
            "kind": "nda",
            "user_id": self.users["km"].id,
            "date": date(2020, 1, 1),
        }
        self.env["regulation.qualification"].create({**values, "company_id": other.id})
        self.assertFalse(self.sees("km", self.order))
        self.env["regulation.qualification"].create({**values, "company_id": self.company.id})
        self.assertTrue(self.sees("km", self.order))
        partner = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": other.id, "user_id": self.users["km"].id}
        )
        partner.confidentiality_label_id = self._label("secret", "customer")
        self.assertFalse(self.sees("km", partner))

    def test_models_that_inherit_a_protected_one(self):
        """A user record names its partner: a portal user of the customer is hidden with him."""
        user = self.env["res.users"].create(
            {
                "login": "lin@xinghai.example.com",
                "partner_id": self.xinghai.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        self.assertTrue(self.sees("km", user))
        self.assertFalse(self.sees("t", user))
        self.env["confidentiality.grant"].search(
            [("user_id", "=", self.users["km"].id)]
        ).action_revoke()
        self.xinghai.user_id = self.users["fin"]
        self.assertFalse(self.sees("km", user))

    def test_people_and_companies_stay_visible(self):
        for person in self.users.values():
            self.assertTrue(self.sees("t", person.partner_id))
        self.assertTrue(self.sees("t", self.company.partner_id))

    def test_satellites(self):
        order = self.order
        order.sudo().action_confirm()
        line = order.order_line
        self.assertTrue(self.sees("fin", line))
        self.assertFalse(self.sees("wh", line))
        for login, found in (("a", 1), ("km", 1), ("tm", 0)):
            report = self.env["sale.report"].with_user(self.users[login])
            self.assertEqual(
                report.search_count([("partner_id", "=", self.xinghai.id)]), found, login
            )
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.confidentiality_label_id, self._label("confidential", "contract"))
        self.assertTrue(self.sees("fin", invoice.line_ids))
        self.env["confidentiality.grant"].search(
            [("user_id", "=", self.users["fin"].id)]
        ).action_revoke()
        self.assertFalse(self.sees("fin", invoice))
        self.assertFalse(self.sees("fin", invoice.line_ids))
        report = self.env["account.invoice.report"].with_user(self.users["fin"])
        self.assertEqual(report.search_count([("move_id", "=", invoice.id)]), 0)

    def test_the_warehouse_ships_what_it_may_not_read(self):
        """Reserve, deliver, return as the keeper, who sees neither order nor contract."""
        self.order.sudo().action_confirm()
        picking = self.order.picking_ids
        keeper = self._as(picking, "wh")
        keeper.read(["name", "partner_id", "state"])
        keeper.move_ids.read(["description_picking"])
        keeper.do_unreserve()
        self.assertEqual(picking.state, "confirmed")
        keeper.action_assign()
        self.assertEqual(picking.state, "assigned")
        keeper.move_ids.quantity = 1
        keeper.move_ids.picked = True
        keeper.button_validate()
        self.assertEqual(picking.state, "done")
        wizard = keeper.env["stock.return.picking"].with_context(
            active_model=keeper._name, active_id=keeper.id, active_ids=keeper.ids
        )
        back = keeper.browse(wizard.create({}).action_create_returns_all()["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self.assertEqual(back.state, "done")
        self.assertEqual(self.order.order_line.qty_delivered, 0)
        with self.assertRaises(AccessError):
            self._as(self.order, "wh").read(["amount_total"])

    # === WHO GIVES RIGHTS === #

    def test_grants_are_the_officers(self):
        values = {
            "user_id": self.users["b"].id,
            "category_id": self.env.ref("sales_confidentiality.category_contract").id,
            "level_id": self.env.ref("sales_confidentiality.level_secret").id,
        }
        for login in ("a", "km", "adm"):
            with self.subTest(login), self.assertRaises(AccessError):
                self.env["confidentiality.grant"].with_user(self.users[login]).create(values)
        grants = self.env["confidentiality.grant"].with_user(self.officer)
        with self.assertRaises(AccessError):
            grants.create({**values, "user_id": self.officer.id})
        with self.assertRaises(AccessError):
            grants.create({**values, "granted_by_id": self.users["a"].id})
        grant = grants.create(values)
        self.assertEqual(grant.granted_by_id, self.officer)
        with self.assertRaises(UserError):
            grant.write({"date_to": "2099-01-01"})
        with self.assertRaises(AccessError):
            grant.write({"revoked_at": False})
        with self.assertRaises(AccessError):
            grant.with_user(self.users["b"]).action_revoke()
        events = self.env["regulation.register"].search(
            [("res_model", "=", grant._name), ("res_id", "=", grant.id)]
        )
        self.assertEqual(events.mapped("event"), ["grant_given"])
        self.assertEqual(events.user_id, self.officer)

    def test_enforcing_needs_people_who_can_look(self):
        """Refused until officer, a director, finance and legal are cleared."""
        product = self.env.ref("sales_confidentiality.category_product")
        with self.assertRaises(UserError) as refused:
            product.mode = "enforce"
        self.assertIn("officer", str(refused.exception))
        product.mode = "observe"
        for login in ("gm", "fin", "leg"):
            self._grant(login, "product")
        product.mode = "enforce"
        self.assertEqual(product.mode, "enforce")

    def test_who_and_why(self):
        viewers = {
            user: (in_full, reason)
            for user, in_full, reason in self.xinghai._confidentiality_viewers()
        }
        self.assertEqual(viewers[self.users["a"]], (True, "Owner"))
        self.assertEqual(viewers[self.users["km"]], (True, "By grant"))
        self.assertEqual(viewers[self.users["b"]], (False, "Shared by the owner"))
        self.assertEqual(viewers[self.users["wh"]], (False, "Base card by grant"))
        self.assertNotIn(self.users["t"], viewers)
        action = self._as(self.xinghai, "a").action_confidentiality()
        preview = self.env["confidentiality.preview"].with_user(self.users["a"])
        self.assertTrue(preview.browse(action["res_id"]).line_ids)
        with self.assertRaises(AccessError):
            self._as(self.xinghai, "t").action_confidentiality()
        with self.assertRaises(AccessError):
            self._as(self.users["a"], "b").action_confidentiality()
        action = self._as(self.users["t"], "gm").action_confidentiality()
        lines = self.env["confidentiality.preview"].browse(action["res_id"]).line_ids
        secret = lines.filtered(lambda line: "confidential" in line.name.lower())
        self.assertTrue(secret)
        self.assertFalse(any(secret.mapped("in_full")))

    def test_as_many_queries_for_one_as_for_eighty(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Secret {i}", "user_id": self.users["a"].id} for i in range(80)]
        )
        partners.confidentiality_label_id = self._label("secret", "customer")
        reader = self.users["fin"]
        counts = []
        partners[:1].with_user(reader).read(["name", "phone", "email"])  # settings are cached
        for number in (1, 80):
            self.env.flush_all()
            self.env.invalidate_all()
            self.cr.cache.clear()
            before = self.cr.sql_log_count
            partners[:number].with_user(reader).read(["name", "phone", "email"])
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)


@tagged("post_install", "-at_install")
class TestUnused(ConfidentialityCommon):
    """Nothing labelled or nothing enforced: no query, no condition (invariant of the unused)."""

    @classmethod
    def _build_secrets(cls):
        """Nothing is secret."""

    def test_no_condition_and_no_query(self):
        user = self.users["a"]
        rules = self.env["ir.rule"].with_user(user)
        for model in ("res.partner", "sale.order", "res.users", "sale.order.line"):
            rules._compute_domain(model)  # what is cached is cached
            before = self.cr.sql_log_count
            domain = rules._compute_domain(model)
            self.assertEqual(self.cr.sql_log_count, before, model)
            self.assertNotIn("confidentiality", str(domain))

    def test_no_query_when_documents_are_made_and_read(self):
        grants = self.env["confidentiality.grant"].with_user(self.users["a"])
        orders = self.env["sale.order"].with_user(self.users["a"])
        orders._confidentiality_row(), grants._access()
        before = self.cr.sql_log_count
        self.assertIsNone(orders._confidentiality_row())
        self.assertIsNone(grants._access())
        self.assertEqual(orders._masks(), (frozenset(), None))
        self.assertEqual(self.cr.sql_log_count, before)

    def test_labels_without_enforcement_hide_nothing(self):
        xinghai = self.customers["xinghai"]
        xinghai.confidentiality_label_id = self._label("secret", "customer")
        self.assertTrue(self.sees("t", xinghai))
        self.env.ref("sales_confidentiality.category_customer").mode = "observe"
        self.assertTrue(self.sees("t", xinghai))
