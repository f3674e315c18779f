# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestExtendingEngines(ApprovalCommon):
    """The worked example of docs/extending.md: setting, commitment, role, qualification,
    register, clause, fingerprint, measure."""

    def _given(self, login="a", **values):
        samples = self._samples(login, **values)
        samples.action_give()
        return samples

    def _refused(self, login="a", **values):
        samples = self._samples(login, **values)
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            samples.action_give()
        self.assertEqual(samples.state, "draft")
        return str(caught.exception)

    # === SETTING === #

    def test_the_stricter_setting_counts(self):
        """C01: of the company's and the team's limit the lower one."""
        self._regulate(sample_limit=5000.0)
        self._regulate(sample_limit=3000.0, assign={"team_id": self.teams["ka"].id})
        # The rule of the owner and that of the document's team hold both
        for login, team, expected in (("t", "ka", 3000.0), ("t", "tele", 5000.0)):
            samples = self._samples(login, team_id=self.teams[team].id)
            policy = samples._regulation_policies()[samples.id]
            self.assertEqual(policy.get("sample_limit"), expected)

    def test_roles_of_all_profiles(self):
        self._regulate(sample_role_ids=[Command.set(self.roles["sales_clerk"].ids)])
        self._regulate(
            sample_role_ids=[Command.set(self.roles["warehouse"].ids)],
            assign={"team_id": self.teams["ka"].id},
        )
        samples = self._samples("t", team_id=self.teams["ka"].id)
        self.assertEqual(
            set(samples._regulation_policies()[samples.id].get("sample_role_ids")),
            set((self.roles["sales_clerk"] | self.roles["warehouse"]).ids),
        )

    def test_nothing_without_a_regulation(self):
        self.assertEqual(self._given(price=1_000_000.0).state, "given")

    # === COMMITMENT === #

    def test_what_is_left_is_measured(self):
        """1,000 of 1,500 are gone: 1,000 more are 500 too many; another customer has his own."""
        self._regulate(sample_limit=1500.0, gates={"sample_limit": "enforce"})
        self._given()
        self.assertIn("1,500.00", self._refused())
        self.assertEqual(self._given(price=50.0).state, "given")
        self.assertEqual(self._given(partner_id=self.customers["beihe"].id).state, "given")

    def test_of_a_batch_those_before_count(self):
        self._regulate(sample_limit=1500.0, gates={"sample_limit": "enforce"})
        batch = self._samples() | self._samples()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            batch.action_give()
        self.assertEqual(batch.mapped("state"), ["draft", "draft"])
        self.assertEqual(len(batch._gate_refusals("give")), 1, "the second exceeds it")

    def test_locked_before_it_is_measured(self):
        self._regulate(sample_limit=1500.0, gates={"sample_limit": "enforce"})
        self._given()
        key = f"samples/{self.company.id}/{self.customers['xinghai'].id}"
        self.env.cr.execute("SELECT seq FROM regulation_lock WHERE key = %s", [key])
        self.assertTrue(self.env.cr.fetchone(), "two at one moment would both take the rest")

    def test_as_many_queries_for_many(self):
        self._regulate(sample_limit=1e9, gates={"sample_limit": "enforce"})
        one, many = self._samples(), self._samples().union(*(self._samples() for _n in range(20)))
        counts = []
        for records in (one, one, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertFalse(records._gate_refusals("give"))
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1])

    # === ROLE AND QUALIFICATION === #

    def test_who_gives(self):
        self._regulate(
            sample_role_ids=[Command.set(self.roles["sales_rep"].ids)],
            gates={"sample_giver": "enforce"},
        )
        self.assertIn("course", self._refused())
        self.env["regulation.qualification"].with_user(self.users["hr"]).create(
            {
                "name": "Samples",
                "kind": "course",
                "user_id": self.users["a"].id,
                "company_id": self.company.id,
                "date": "2020-01-01",
                "valid_until": self.company._regulation_today(),
            }
        )
        self.assertEqual(self._given().state, "given")
        self.assertIn("Given out by", self._refused("t"))

    def test_nobody_qualifies_himself(self):
        with self.assertRaises(AccessError):
            self.env["regulation.qualification"].with_user(self.users["a"]).create(
                {"name": "Samples", "kind": "course", "user_id": self.users["a"].id}
            )

    # === REGISTER, CLAUSE, FINGERPRINT === #

    def test_register(self):
        self._regulate(gates={"sample_limit": "observe"}, sample_limit=500.0)
        Register = self.env.registry["regulation.register"]
        with patch.object(Register, "_record_attempts") as noted:
            samples = self._given()
        [(event, refusals)] = [call.args for call in noted.call_args_list]
        self.assertEqual((event, refusals[0].gate), ("observed", "sample_limit"))
        given = self.env["regulation.register"].search(
            [("res_model", "=", "sample.request"), ("res_id", "=", samples.id)]
        )
        self.assertEqual(given.event, "samples")
        self.assertRecordValues(given, [{"amount": 1000.0, "user_id": self.users["a"].id}])
        with self.assertRaises(AccessError):
            given.with_user(self.users["adm"]).write({"amount": 1.0})
        self.assertIn("sample.request", self.env["regulation.register"]._evidence_models())

    def test_clause(self):
        """What a gate observed is counted at the clause that it carries out."""
        profile = self._regulate(
            gates={"sample_limit": "observe"}, sample_limit=500.0, publish=False
        )
        clause = self.env["regulation.clause"].create(
            {
                "profile_id": profile.id,
                "code": "Y-7",
                "wording": "A customer gets samples worth 500.00.",
                "carrier": "gate",
                "gate_ids": [
                    Command.set(
                        self.env["regulation.gate"].search([("code", "=", "sample_limit")]).ids
                    )
                ],
            }
        )
        profile.with_user(self.users["gm"])._publish("active")
        samples = self._samples()
        [refusal] = samples._gate_refusals("give")
        self.assertEqual(refusal.clauses, ("Y-7",))
        self.env["regulation.register"]._record(
            "observed", samples, gate=refusal.gate, profile_id=profile.id
        )
        clause.invalidate_recordset()
        self.assertEqual(clause.warned_count, 1)

    def test_fingerprint(self):
        digest = self.env["regulation.fingerprint"]._digest
        samples = self._samples()
        content = samples._approval_content("sample")[samples.id]
        shuffled = dict(reversed(content.items()))
        self.assertEqual(digest(content), digest(shuffled))
        self.assertNotEqual(digest(content), digest({**content, "lines": []}))

    # === MEASURE === #

    def test_measure(self):
        """The charge is proposed by the engine, decided by HR, never by the person."""
        measure = self._given()._propose_charge()
        self.assertRecordValues(
            measure,
            [
                {
                    "state": "proposed",
                    "kind": "charge",
                    "amount": 1000.0,
                    "user_id": self.users["a"].id,
                }
            ],
        )
        with self.assertRaises(AccessError):
            measure.with_user(self.users["a"]).action_decide()
        measure.with_user(self.users["hr"]).action_decide()
        self.assertNotEqual(measure.state, "proposed")
