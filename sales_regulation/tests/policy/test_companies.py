# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_resolution import PolicyCase


@tagged("post_install", "-at_install")
class TestCompanies(PolicyCase):
    """A regulation is read in the companies it is assigned to, with all its parts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Another company"})
        cls.strangers = {
            login: new_test_user(
                cls.env,
                login=f"reg_other_{login}",
                groups=f"sales_regulation.{group}",
                company_id=cls.other.id,
                company_ids=[Command.set(cls.other.ids)],
            )
            for login, group in (
                ("user", "group_regulation_user"),
                ("admin", "group_regulation_admin"),
                ("audit", "group_regulation_audit"),
            )
        }
        cls.Profile = cls.env["regulation.profile"]
        # With a row of every kind: the fullest of those shipped
        cls.draft = cls.env.ref("sales_regulation.profile_composite")._adopt(
            {
                "name": "Draft",
                "code": "DRAFT",
                "assignment_ids": [Command.create({"company_id": cls.company.id})],
            }
        )

    def _seen(self, records, user):
        """The records as that person meets them, in his own company."""
        return records.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def _parts(self):
        """The parts of the draft, by model."""
        for name, field in self.Profile._fields.items():
            if field.type == "one2many" and "profile_id" in self.env[field.comodel_name]._fields:
                if getattr(self.env[field.comodel_name], "_part_of_profile", False):
                    yield self.draft.sudo()[name]

    def test_a_draft_of_another_company(self):
        parts = list(self._parts())
        self.assertGreater(sum(1 for rows in parts if rows), 5)
        for login, stranger in self.strangers.items():
            with self.subTest(login=login):
                draft = self._seen(self.draft, stranger)
                self.assertFalse(draft.search([("id", "=", draft.id)]))
                self.assertFalse(draft.search_count([("code", "=", "DRAFT")]))
                self.assertNotIn("Draft", str(draft.name_search("Draft")))
                with self.assertRaises(AccessError):
                    draft.read(["name"])
                for rows in (*parts, self.draft.assignment_ids):
                    theirs = self._seen(rows, stranger).with_context(active_test=False)
                    self.assertFalse(theirs.search([("profile_id", "=", draft.id)]), rows._name)
                    if rows:
                        with self.assertRaises(AccessError):
                            theirs.read(["profile_id"])

    def test_nor_is_it_written(self):
        admin = self.strangers["admin"]
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._seen(self.draft, admin).name = "Theirs"
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._seen(self.draft, admin).unlink()
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._seen(self.draft.gate_ids[:1], admin).mode = "off"
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._seen(self.env["regulation.clause"], admin).create(
                {"profile_id": self.draft.id, "code": "X", "wording": "x"}
            )
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._seen(self.draft, admin).action_new_version()

    def test_those_covered_read_it(self):
        for login in ("a", "gm", "adm", "aud"):
            draft = self.draft.with_user(self.users[login])
            self.assertTrue(draft.search([("id", "=", draft.id)]), login)
            self.assertTrue(draft.gate_ids, login)
            self.assertTrue(draft.read(["name"]))

    def test_shipped_ones_are_for_everybody(self):
        for stranger in self.strangers.values():
            template = self._seen(self.env.ref("sales_regulation.profile_composite"), stranger)
            self.assertTrue(template.search([("id", "=", template.id)]))
            self.assertTrue(template.gate_ids)

    def test_a_branch_reads_what_it_follows(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        user = new_test_user(
            self.env,
            login="reg_branch",
            groups="sales_regulation.group_regulation_user",
            company_id=branch.id,
            company_ids=[Command.set(branch.ids)],
        )
        self.assertTrue(self._seen(self.Profile, user).search([("id", "=", self.draft.id)]))

    def test_assigned_to_nobody_yet(self):
        """Its maker and the administrators of his company; nobody else."""
        adm, second = self.users["adm"], self.users["a"]
        mine = self.Profile.with_user(adm).create({"name": "Mine", "code": "MINE"})
        gate = (
            self.env["regulation.profile.gate"]
            .with_user(adm)
            .create(
                {
                    "profile_id": mine.id,
                    "gate_id": self.env.ref("sales_regulation.gate_order_review").id,
                    "mode": "observe",
                }
            )
        )
        self.assertTrue(mine.search([("id", "=", mine.id)]))
        for user in (second, *self.strangers.values()):
            self.assertFalse(self._seen(self.Profile, user).search([("id", "=", mine.id)]))
            self.assertFalse(self._seen(gate, user).search([("id", "=", gate.id)]))
        second.sudo().group_ids |= self.env.ref("sales_regulation.group_regulation_admin")
        self.assertTrue(self.Profile.with_user(second).search([("id", "=", mine.id)]))
        self.assertTrue(gate.with_user(second).search([("id", "=", gate.id)]))
        # Assigned, it belongs to the company
        mine.assignment_ids = [Command.create({"company_id": self.company.id})]
        self.assertTrue(self.Profile.with_user(self.users["b"]).search([("id", "=", mine.id)]))
        with self.assertRaises(AccessError), self.cr.savepoint():
            mine.assignment_ids = [Command.create({"company_id": self.other.id})]

    def test_the_next_version(self):
        """Its maker opens the copy that he has made."""
        action = self.draft.with_user(self.users["adm"]).action_new_version()
        draft = self.Profile.with_user(self.users["adm"]).browse(action["res_id"])
        self.assertEqual(draft.read(["code"])[0]["code"], "DRAFT")
        self.assertTrue(draft.clause_ids)

    def test_no_query_more(self):
        """What is in force is resolved past the rules."""
        self.draft.with_user(self.users["gm"])._publish("active")
        self._policy()
        with self.assertQueryCount(0):
            self.assertTrue(self.Profile.with_user(self.users["a"])._regulated_companies())
            self._policy()
