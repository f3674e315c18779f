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

    def test_holders_are_cached_until_they_change(self):
        """Who holds a role is read once, not for every step; whoever loses it, loses it at once."""
        role = self.roles["audit"]
        self._end_request()
        held = role._holders(self.company)
        self.assertTrue(held)
        with self.assertQueryCount(0):
            role._holders(self.company)
        rows = self.env["regulation.role.assignment"].search(
            [("role_id", "=", role.id), ("company_id", "=", self.company.id)]
        )
        rows.action_end()
        self.assertFalse(role._holders(self.company))
        self._end_request()
        self.assertFalse(role._holders(self.company))
        with freeze_time(self.company._regulation_today() - timedelta(days=1)):
            self.assertEqual(role._holders(self.company), held, "the date is no part of the cache")

    def test_a_grant_that_is_rolled_back_is_not_cached(self):
        role = self.roles["audit"]
        self._end_request()
        before = role._holders(self.company)
        other = self.users["a"]
        self.assertNotIn(other, before)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.env["regulation.role.assignment"].create(
                {"role_id": role.id, "company_id": self.company.id, "user_id": other.id}
            )
            self.assertIn(other, role._holders(self.company))
            raise ZeroDivisionError
        self.assertEqual(role._holders(self.company), before)
        self.env.registry.cache_invalidated.clear()
        self.assertEqual(role._holders(self.company), before)

    def test_holders_of_a_team_come_first(self):
        """S3-06, S4-073: the manager of the team before the managers of the company."""
        manager = self.roles["sales_manager"]
        self.assertEqual(manager._holders(self.company, self.teams["ka"]), self.users["km"])
        self.assertEqual(manager._holders(self.company, self.teams["tele"]), self.users["tm"])

    def test_one_manager_per_key_account_team(self):
        """S3-06: the next one begins when the present one ends."""
        today = self.company._regulation_today()
        tomorrow = today + timedelta(days=1)
        values = {"team_id": self.teams["ka"].id, "date_from": today}
        first = self.roles["ka_manager"].assignment_ids.filtered(
            lambda row: row.team_id == self.teams["ka"]
        )
        self.assertEqual(first.user_id, self.users["km"])
        with self.assertRaisesRegex(ValidationError, "KM Chen Gang"), self.cr.savepoint():
            self._hold("tm", "ka_manager", **values)
        # Another team, and the company as a whole, are another matter
        self._hold("tm", "ka_manager", **{**values, "team_id": self.teams["tele"].id})
        self._hold("tm", "ka_manager", date_from=today)
        first.date_to = today
        second = self._hold("tm", "ka_manager", **{**values, "date_from": tomorrow})
        with self.assertRaisesRegex(ValidationError, "TM"), self.cr.savepoint():
            first.date_to = tomorrow
        self.assertEqual(second.user_id, self.users["tm"])

    def test_teams_are_on_record(self):
        """C02: who joins and leaves a sales team, where a regulation is in force."""
        self._profile()
        team, user = self.teams["tele"], self.users["wh"]
        Member = self.env["crm.team.member"]
        with self.assertRaises(AccessError):
            Member.with_user(self.users["a"]).create({"crm_team_id": team.id, "user_id": user.id})
        member = Member.create({"crm_team_id": team.id, "user_id": user.id})
        member.active = False
        member.active = True
        member.crm_team_id = self.teams["ka"]
        member.unlink()
        rows = self.env["regulation.register"].search(
            [("event", "=", "team_changed"), ("subject_id", "=", user.id)], order="id"
        )
        ka, tele = self.teams["ka"].id, team.id
        self.assertEqual(
            rows.mapped(lambda row: (row.code, row.res_id)),
            [
                ("joined", tele),
                ("left", tele),
                ("joined", tele),
                ("left", tele),
                ("joined", ka),
                ("left", ka),
            ],
        )
        self.assertEqual(rows.user_id, self.env.user)
        self.assertEqual(rows.company_id, self.company)

    def test_teams_elsewhere_are_not(self):
        other = self.env["res.company"].create({"name": "Not regulated"})
        team = self.env["crm.team"].create({"name": "Theirs", "company_id": other.id})
        user = self.users["wh"]
        user.company_ids |= other
        self.env["crm.team.member"].create({"crm_team_id": team.id, "user_id": user.id})
        self.assertFalse(
            self.env["regulation.register"].search_count(
                [("event", "=", "team_changed"), ("subject_id", "=", user.id)]
            )
        )

    def _hold(self, login, code, by=None, **values):
        return (
            self.env["regulation.role.assignment"]
            .with_user(self.users[by] if by else self.env.user)
            .create(
                {
                    "role_id": self.roles[code].id,
                    "company_id": self.company.id,
                    "user_id": self.users[login].id,
                    **values,
                }
            )
        )

    def test_what_has_begun_is_ended_not_rewritten(self):
        """Neither written, imported nor deleted, in the list, on the role or as superuser."""
        today = self.company._regulation_today()
        held = self._hold("b", "audit", "adm")
        other = self.env["res.company"].create({"name": "Other"})
        for vals in (
            {"user_id": self.users["adm"].id},
            {"role_id": self.roles["general_manager"].id},
            {"company_id": other.id},
            {"team_id": self.teams["ka"].id},
            {"date_from": today + timedelta(days=5)},
            {"date_from": today - timedelta(days=5)},
            {"date_to": today - timedelta(days=2)},
        ):
            for name, attack in {
                "write": lambda vals: held.write(vals),
                "superuser": lambda vals: held.sudo().write(vals),
                "role": lambda vals: self._as(self.roles["audit"], "adm").write(
                    {"assignment_ids": [Command.update(held.id, vals)]}
                ),
            }.items():
                with self.subTest(vals=vals, attack=name), self.assertRaises(UserError):
                    attack(vals)
        for attack in (
            held.unlink,
            lambda: self._as(self.roles["audit"], "adm").write({"assignment_ids": [Command.clear()]}),
        ):
            with self.assertRaises(UserError):
                attack()
        Assignment = self._as(self.env["regulation.role.assignment"], "adm")
        result = Assignment.load(
            [".id", "user_id/.id"], [[str(held.id), str(self.users["adm"].id)]]
        )
        self.assertFalse(result["ids"])
        held.write({"date_to": today + timedelta(days=30), "user_id": self.users["b"].id})
        held.write({"date_to": False})
        held.action_end()
        self.assertTrue(self.roles["audit"]._held_by(self.users["b"], self.company), "today")
        with freeze_time(today + timedelta(days=2)), self.assertRaises(UserError):
            held.write({"date_to": False})
        # One that begins later is still open, and a new one is made
        later = self._hold("b", "legal", "adm", date_from=today + timedelta(days=5))
        later.user_id = self.users["t"]
        later.unlink()

    def test_ending_takes_effect_at_once(self):
        clerk = self.env["regulation.role.assignment"].search(
            [("role_id.code", "=", "sales_clerk"), ("company_id", "=", self.company.id)]
        )
        self._as(clerk, "adm").action_end()
        self.assertFalse(self.roles["sales_clerk"]._held_by(self.users["clk"], self.company))
        with self.assertRaises(AccessError):
            self._as(clerk, "gm").action_end()

    def test_a_further_director_needs_the_consent_of_the_director(self):
        director = self.roles["director"]
        adm = self.users["adm"]
        rival = self._hold("adm", "director", "adm")
        self.assertTrue(rival.needs_consent)
        self.assertFalse(director._held_by(adm, self.company))
        self.assertEqual(director._holders(self.company), self.users["gm"])
        with self.assertRaises(AccessError):
            self._as(self.draft, "adm").action_publish()
        for attack in (
            lambda: rival.write({"needs_consent": False}),
            lambda: rival.sudo().write({"consented_by_id": self.users["gm"].id}),
            rival.action_consent,
            lambda: self._as(rival, "km").action_consent(),
            lambda: self._hold("adm", "director", "adm", needs_consent=False, consented_by_id=1),
        ):
            with self.assertRaises(AccessError):
                attack()
        # Not on the detour over another role, a later day or the parent company either
        sly = self._hold(
            "adm", "audit", "adm", date_from=self.company._regulation_today() + timedelta(days=9)
        )
        sly.role_id = director
        self.assertTrue(sly.needs_consent)
        self.assertTrue(self._as(rival, "gm").can_consent)
        self._as(rival, "gm").action_consent()
        self.assertEqual(rival.consented_by_id, self.users["gm"])
        self.assertTrue(director._held_by(adm, self.company))
        row = self.env["regulation.register"].search([("event", "=", "role_granted")], limit=1)
        self.assertEqual((row.user_id, row.subject_id, row.code), (self.users["gm"], adm, "director"))

    def test_the_director_is_not_ended_by_others(self):
        """Neither ended nor deleted, so that nobody makes himself director of an empty chair."""
        today = self.company._regulation_today()
        held = self.env["regulation.role.assignment"].search(
            [("role_id.code", "=", "director"), ("company_id", "=", self.company.id)]
        )
        for attack in (
            lambda: self._as(held, "adm").write({"date_to": today}),
            lambda: self._as(held, "adm").action_end(),
            lambda: self._as(held, "adm").unlink(),
            lambda: self._as(held, "adm").write({"user_id": self.users["adm"].id}),
            lambda: self._as(self.roles["director"], "adm").write({"code": "nobody"}),
            lambda: self._as(self.roles["audit"], "adm").write({"code": "director2"}),
        ):
            with self.assertRaises(UserError):
                attack()
        self.assertEqual(self.roles["director"]._holders(self.company), self.users["gm"])
        self._as(held, "gm").action_end()
        self.assertFalse(self.roles["director"]._holders(self.company))
        # Nobody is left to ask: the administrator names the next one, on record
        self.assertFalse(self._hold("dgm", "director", "adm").needs_consent)

    def test_a_used_kind_of_approval_stays_what_it_is(self):
        kind = self.env.ref("sales_regulation.approval_kind_order_change")
        profile = self._profile(
            publish=False,
            approval_rule_ids=[Command.create({"kind_id": kind.id, "approver_type": "manager"})],
        )
        for vals in ({"code": "other"}, {"model": False}, {"acknowledgement": True}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._as(kind, "adm").write(vals)
        self._as(kind, "adm").name = "Other words"
        own = self._as(kind, "adm").create({"code": "own", "name": "Own"})
        own.code = "mine"
        self.assertTrue(profile)

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
