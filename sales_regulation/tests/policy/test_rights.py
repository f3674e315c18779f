# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from .test_resolution import PolicyCase


@tagged("post_install", "-at_install")
class TestRights(PolicyCase):
    """Who may do what to a regulation (C01, C02): S0-23, storyline step 1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls._profile(gates={"price_authority": "observe"}, publish=False)

    @users("reg_adm", "reg_km", "reg_a", "reg_aud", "reg_dgm")
    def test_a_non_director_cannot_publish(self):
        """Storyline step 1: AccessError, through every button."""
        profile = self.draft.with_env(self.env)
        for method in ("action_publish", "action_publish_trial"):
            with self.assertRaises(AccessError):
                getattr(profile, method)()
        self.assertEqual(self.draft.state, "draft")

    @users("reg_adm")
    def test_an_administrator_cannot_write_the_state(self):
        profile = self.draft.with_env(self.env)
        for vals in (
            {"state": "active"},
            {"published_by_id": self.users["gm"].id},
            {"previous_id": profile.id},
            {"is_template": True},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                profile.write(vals)
        with self.assertRaises(AccessError):
            profile.create({"name": "X", "code": "X", "state": "active", "date_from": "2020-01-01"})
        created = profile.with_context(default_state="active").create({"name": "X", "code": "X"})
        self.assertEqual(created.state, "draft")

    def test_a_context_key_is_no_token(self):
        """What arrives over a wire never equals the engine's token."""
        profile = self._as(self.draft, "adm").with_context(regulation_engine=True)
        with self.assertRaises(AccessError):
            profile.write({"state": "active"})

    def test_a_director_of_one_company_does_not_publish_for_two(self):
        """Even when only his own company is open in his browser."""
        other = self.env["res.company"].create({"name": "Sister"})
        self.draft.assignment_ids = [Command.create({"company_id": other.id})]
        profile = self._as(self.draft, "gm").with_context(allowed_company_ids=self.company.ids)
        with self.assertRaises(AccessError):
            profile.action_publish()

    def test_in_force_nothing_changes_by_any_route(self):
        profile = self._profile(gates={"price_authority": "enforce"}, order_review_min_amount=5.0)
        clause_free = self._as(profile, "adm")
        gate = clause_free.gate_ids
        other_gate = self.env["regulation.gate"].create({"name": "Other", "code": "other"})
        attacks = {
            "a setting": lambda: clause_free.write({"order_review_min_amount": 1.0}),
            "the date": lambda: clause_free.write({"date_from": date(2030, 1, 1)}),
            "the code": lambda: clause_free.write({"code": "OTHER"}),
            "one2many update": lambda: clause_free.write(
                {"gate_ids": [Command.update(gate.id, {"mode": "off"})]}
            ),
            "one2many delete": lambda: clause_free.write({"gate_ids": [Command.delete(gate.id)]}),
            "one2many clear": lambda: clause_free.write({"gate_ids": [Command.clear()]}),
            "the part": lambda: gate.write({"mode": "off"}),
            "the part's release role": lambda: gate.write({"release_role_id": False}),
            "the part deleted": lambda: gate.unlink(),
            "the part moved": lambda: gate.write({"profile_id": self.draft.id}),
            "a part added": lambda: gate.create(
                {"profile_id": profile.id, "gate_id": other_gate.id, "mode": "off"}
            ),
            "a clause added": lambda: (
                self.env["regulation.clause"]
                .with_user(self.users["adm"])
                .create({"profile_id": profile.id, "code": "X", "wording": "X"})
            ),
            "deleted": lambda: clause_free.unlink(),
        }
        for name, attack in attacks.items():
            with self.subTest(attack=name), self.assertRaises(UserError):
                attack()
        self.env.invalidate_all()
        self.assertEqual(profile.order_review_min_amount, 5.0)
        self.assertEqual(profile.gate_ids.mode, "enforce")

    def test_in_force_nothing_changes_by_import(self):
        profile = self._profile(gates={"price_authority": "enforce"}, order_review_min_amount=5.0)
        Profile = self.env["regulation.profile"].with_user(self.users["adm"])
        result = Profile.load([".id", "order_review_min_amount"], [[str(profile.id), "1"]])
        self.assertTrue(result["messages"])
        Gate = self.env["regulation.profile.gate"].with_user(self.users["adm"])
        result = Gate.load([".id", "mode"], [[str(profile.gate_ids.id), "off"]])
        self.assertTrue(result["messages"])
        self.env.invalidate_all()
        self.assertEqual(profile.gate_ids.mode, "enforce")
        self.assertEqual(profile.order_review_min_amount, 5.0)

    def test_only_the_director_ends_a_regulation(self):
        """An end date, archiving, taking away its reach: all put it out of force."""
        profile = self._profile()
        admin = self._as(profile, "adm")
        with self.assertRaises(AccessError):
            admin.write({"date_to": date(2021, 1, 1)})
        with self.assertRaises(AccessError):
            admin.action_archive()
        with self.assertRaises(AccessError):
            admin.action_retire()
        with self.assertRaises(AccessError):
            admin.assignment_ids.unlink()
        with self.assertRaises(AccessError):
            admin.write({"assignment_ids": [Command.clear()]})
        self.assertEqual(self._policy().profile_ids, (profile.id,))

    def test_gate_mode_is_moved_by_the_director_and_recorded(self):
        profile = self._profile(gates={"price_authority": "enforce"})
        line = profile.gate_ids
        with self.assertRaises(AccessError):
            self._as(line, "adm").action_observe()
        self._as(line, "gm").action_observe()
        self.assertEqual(line.mode, "observe")
        self.assertEqual(self._policy().mode("price_authority"), "observe")
        row = self.env["regulation.register"].search([("event", "=", "mode_changed")], limit=1)
        self.assertEqual(
            (row.user_id, row.gate, row.code, row.profile_id),
            (self.users["gm"], "price_authority", "observe", profile),
        )

    def test_shipped_profiles_are_adopted_not_edited(self):
        template = self.env.ref("sales_regulation.profile_s0")
        admin = self._as(template, "adm")
        with self.assertRaises(UserError):
            admin.name = "Mine"
        with self.assertRaises(UserError):
            admin.gate_ids[0].mode = "off"
        with self.assertRaises(UserError):
            admin.gate_ids[0].action_off()
        with self.assertRaises(UserError):
            admin.unlink()
        with self.assertRaises(UserError):
            self._as(template, "gm").action_publish()

    def test_the_code_of_a_gate_is_fixed(self):
        """Another code would open every guard that asks for it."""
        gate = self.env["regulation.gate"].search([("code", "=", "price_authority")])
        with self.assertRaises(UserError):
            self._as(gate, "adm").code = "nothing"

    def test_everybody_may_open_what_covers_him(self):
        """The form with all its pages, as people who see neither journals nor carriers."""
        profile = self._profile(gates={"price_authority": "enforce"})
        template = self.env.ref("sales_regulation.profile_composite")
        for login in ("adm", "gm", "a", "wh", "leg", "aud", "hr"):
            for record in (profile, template):
                with self.subTest(login=login, profile=record.display_name):
                    with Form(self._as(record, login)) as form:
                        self.assertEqual(form.code, record.code)

    # === ROLES === #

    def test_roles_are_dated(self):
        """C02: levels and posts of every organisation are roles (S0-06, S2-02, S4-306, S4-415)."""
        role = self.roles["audit"]
        today = self.company._regulation_today()
        assignment = self.env["regulation.role.assignment"].create(
            {
                "role_id": role.id,
                "company_id": self.company.id,
                "user_id": self.users["b"].id,
                "date_from": today,
                "date_to": today + timedelta(days=1),
            }
        )
        self.assertTrue(role._held_by(self.users["b"], self.company))
        with freeze_time(today + timedelta(days=3)):
            self.assertFalse(role._held_by(self.users["b"], self.company))
        with freeze_time(today - timedelta(days=2)):
            self.assertFalse(role._held_by(self.users["b"], self.company))
        rows = self.env["regulation.register"].search(
            [("res_model", "=", assignment._name), ("res_id", "=", assignment.id)]
        )
        self.assertEqual(
            (rows.event, rows.code, rows.subject_id), ("role_granted", "audit", self.users["b"])
        )

    def test_a_role_is_held_in_its_company_and_by_a_job(self):
        job = self.env["hr.job"].create({"name": "Auditor", "company_id": self.company.id})
        other = self.env["res.company"].create({"name": "Other"})
        self.env["regulation.role.assignment"].create(
            {"role_id": self.roles["audit"].id, "company_id": self.company.id, "job_id": job.id}
        )
        self.employees["b"].job_id = job
        holders = self.roles["audit"]._holders(self.company)
        self.assertEqual(holders, self.users["aud"] | self.users["b"])
        self.assertFalse(self.roles["audit"]._holders(other))
        with self.assertRaises(ValidationError):
            self.env["regulation.role.assignment"].create(
                {
                    "role_id": self.roles["hr"].id,
                    "company_id": other.id,
                    "user_id": self.users["b"].id,
                }
            )

    def test_holders_of_a_team_come_first(self):
        """S3-06, S4-073: the manager of the team before the managers of the company."""
        manager = self.roles["sales_manager"]
        self.assertEqual(manager._holders(self.company, self.teams["ka"]), self.users["km"])
        self.assertEqual(manager._holders(self.company, self.teams["tele"]), self.users["tm"])

    @users("reg_a", "reg_km", "reg_gm")
    def test_roles_are_given_by_the_administrator(self):
        with self.assertRaises(AccessError):
            self.env["regulation.role.assignment"].create(
                {
                    "role_id": self.roles["director"].id,
                    "company_id": self.company.id,
                    "user_id": self.env.uid,
                }
            )
