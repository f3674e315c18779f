# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .test_resolution import PolicyCase

SHIPPED = ("starter", "s0", "s1", "s2", "s3", "s4", "telemarketing", "composite")


@tagged("post_install", "-at_install")
class TestClauses(PolicyCase):
    """The clause register: what carries out a clause, and how often it was kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._profile(gates={"price_authority": "enforce"}, publish=False)
        cls.gate = cls.profile.gate_ids.gate_id
        cls.clauses = cls.env["regulation.clause"].create(
            [
                {
                    "profile_id": cls.profile.id,
                    "code": f"P-{number}",
                    "wording": "Nobody sells below his authority.",
                    "carrier": "gate",
                    "gate_ids": [Command.set(cls.gate.ids)],
                }
                for number in (1, 2)
            ]
            + [{"profile_id": cls.profile.id, "code": "P-9", "wording": "Be kind."}]
        )
        cls.profile.with_user(cls.users["gm"]).action_publish()

    def test_gate_line_and_register_agree(self):
        self.assertEqual(self.profile.gate_ids.clause_codes, "P-1, P-2")
        draft = self.profile.browse(self.profile.action_new_version()["res_id"])
        self.assertEqual(draft.gate_ids.clause_codes, "P-1, P-2")
        with self.assertRaises(ValidationError):
            draft.gate_ids.clause_codes = "P-7"
        draft.clause_ids.filtered(lambda clause: clause.code == "P-2").code = "P-3"
        self.assertEqual(draft.gate_ids.clause_codes, "P-1, P-3")

    def test_codes_without_register_stay(self):
        profile = self._profile(publish=False)
        line = self.env["regulation.profile.gate"].create(
            {"profile_id": profile.id, "gate_id": self.gate.id, "clause_codes": "X-1"}
        )
        self.assertEqual(line.clause_codes, "X-1")
        self.assertEqual(line._policy_line()["clauses"], ("X-1",))

    def test_counters(self):
        """Two orders at list price follow; one blocked attempt, one released, one observed."""
        followed = [self._order("a") for _number in range(2)]
        for order in followed:
            order.action_confirm()
        deviating = [self._order("a", price=80.0) for _number in range(3)]
        for order, event in zip(deviating, ("blocked", "observed", "released"), strict=True):
            self.env["regulation.register"]._record(
                event, order, gate="price_authority", profile_id=self.profile.id
            )
        clause = self.clauses[0]
        self.env.invalidate_all()
        self.assertEqual(clause.blocked_count, 1)
        self.assertEqual(clause.warned_count, 1)
        self.assertEqual(clause.released_count, 1)
        self.assertEqual(clause.breached_count, 0)
        steps = len(self.gate.point_ids.filtered(lambda point: point.stage in ("send", "confirm")))
        self.assertEqual(clause.followed_count, 2 * steps)
        self.assertFalse(any(self.clauses[2][name] for name in ("followed_count", "blocked_count")))
        action = clause.action_open_deviations()
        self.assertEqual(self.env["regulation.register"].search_count(action["domain"]), 3)

    def test_counters_cost_the_same_for_one_clause_and_for_all(self):
        names = ["followed_count", "blocked_count", "breached_count"]
        self.clauses.read(names)

        def queries(clauses):
            self.env.invalidate_all()
            count = self.env.cr.sql_log_count
            clauses.read(names)
            return self.env.cr.sql_log_count - count

        self.assertEqual(queries(self.clauses[0]), queries(self.clauses))

    def test_planned_and_gate_exclude_each_other(self):
        draft = self.profile.browse(self.profile.action_new_version()["res_id"])
        with self.assertRaises(ValidationError):
            self.env["regulation.clause"].create(
                {"profile_id": draft.id, "code": "Q", "wording": "Q", "carrier": "gate"}
            )
        with self.assertRaises(ValidationError):
            draft.clause_ids[0].carrier = "planned"


@tagged("post_install", "-at_install")
class TestShippedProfiles(PolicyCase):
    """The presets that come with the product."""

    def _shipped(self, key):
        return self.env.ref(f"sales_regulation.profile_{key}")

    def test_each_has_its_register_and_its_gates(self):
        for key in SHIPPED:
            with self.subTest(profile=key):
                profile = self._shipped(key)
                self.assertTrue(profile.is_template)
                self.assertEqual(profile.state, "draft")
                self.assertTrue(profile.clause_ids)
                self.assertTrue(profile.gate_ids)
                for clause in profile.clause_ids:
                    self.assertTrue(clause.wording.endswith("."), clause.code)
                    for gate in clause.gate_ids:
                        self.assertIn(gate, profile.gate_ids.gate_id, clause.code)

    def test_every_gate_that_asks_names_its_clauses(self):
        for key in SHIPPED:
            for line in self._shipped(key).gate_ids.filtered(lambda line: line.mode == "enforce"):
                with self.subTest(profile=key, gate=line.gate_id.code):
                    self.assertTrue(line.clause_codes)

    def test_clause_codes_of_approvals_and_deadlines_stand_in_the_register(self):
        for key in SHIPPED:
            profile = self._shipped(key)
            codes = set(profile.clause_ids.mapped("code"))
            for name in profile._part_fields():
                for line in profile[name]:
                    if "clause_codes" not in line._fields or not line.clause_codes:
                        continue
                    for code in line.clause_codes.split(","):
                        with self.subTest(profile=key, line=line.display_name):
                            self.assertIn(code.strip(), codes)

    def test_figures_point_at_something(self):
        for key in SHIPPED:
            for figure in self._shipped(key).figure_ids:
                with self.subTest(profile=key, figure=figure.name):
                    self.assertTrue(figure._place()[0])

    def test_starter_has_four_figures_and_observes(self):
        starter = self._shipped("starter")
        self.assertEqual(len(starter.figure_ids), 4)
        self.assertEqual(set(starter.figure_ids.mapped("origin")), {"company"})
        self.assertEqual(set(starter.gate_ids.mapped("mode")), {"observe"})

    def test_the_same_order_under_the_source_profiles(self):
        """Storyline: order review S0; payment before shipment S4, not S0."""
        modes = {
            key: {line.gate_id.code: line.mode for line in self._shipped(key).gate_ids}
            for key in SHIPPED
        }
        self.assertEqual(modes["s0"].get("payment_before_shipment"), "off")
        self.assertEqual(modes["s4"].get("payment_before_shipment"), "enforce")
        self.assertEqual(self._shipped("s4").payment_mode, "full")
        if "order_review" in modes["s0"]:
            self.assertEqual(modes["s0"]["order_review"], "enforce")
            self.assertEqual(modes["s4"]["order_review"], "off")
            self.assertEqual(modes["s3"]["order_review"], "off")

    def test_composite_is_the_storyline(self):
        """Figures of the setting: manager 5 %, full payment, tolerance 0.00."""
        composite = self._shipped("composite")
        self.assertEqual(composite.display_name, "Composite demo 1.0")
        self.assertEqual((composite.code, composite.version), ("COMPOSITE-DEMO", "1.0"))
        self.assertEqual(composite.payment_mode, "full")
        self.assertEqual(composite.payment_tolerance, 0.0)
        authority = {line.role_id.code: line.max_discount for line in composite.price_authority_ids}
        self.assertEqual((authority["ka_rep"], authority["ka_manager"]), (0.0, 5.0))
        self.assertGreaterEqual(authority["deputy_general_manager"], 8.0)


@tagged("post_install", "-at_install")
class TestSetup(PolicyCase):
    """The setup assistant."""

    def _setup(self, login="adm", key="starter"):
        template = self.env.ref(f"sales_regulation.profile_{key}")
        form = Form(self.env["regulation.setup"].with_user(self.users[login]))
        form.template_id = template
        return form.save()

    def test_starter_from_choice_to_force(self):
        self.roles["sales_rep"].assignment_ids.unlink()
        setup = self._setup()
        for text in ("Price authority", "Roles that nobody holds yet", "Sales representative"):
            self.assertIn(text, setup.preview)
        self.assertEqual(len(setup.figure_line_ids), 4)
        for _step in range(5):
            setup.action_next()
        self.assertEqual(setup.step, "activate")
        setup.gate_line_ids[0].mode = "enforce"
        setup.figure_line_ids[0].value = 7.5
        action = setup.action_finish()
        profile = self.env["regulation.profile"].browse(action["res_id"])
        self.assertEqual(
            (profile.state, profile.code, profile.version), ("draft", "STARTER", "1.0")
        )
        self.assertEqual(profile.template_id, setup.template_id)
        self.assertFalse(profile.is_template)
        self.assertEqual(profile.assignment_ids.company_id, self.company)
        self.assertEqual(profile.figure_ids[0].value, 7.5)
        self.assertEqual(setup.template_id.figure_ids[0].value, 5.0, "the template stays")
        self.assertEqual(profile.gate_ids[0].mode, "enforce")
        self.assertEqual(len(profile.clause_ids), len(setup.template_id.clause_ids))
        changed = {
            item for _section, item, _before, _now in profile._changes_since(setup.template_id)
        }
        self.assertIn("Price authority", changed)
        profile.with_user(self.users["gm"]).action_publish()
        self.assertEqual(self._policy().profile_ids, (profile.id,))

    def test_people_with_a_role_start_with_their_work(self):
        """From the publication on, who chose another page keeps it."""
        self.users["clk"].action_id = self.env.ref("mail.action_discuss").id
        profile = self.env["regulation.profile"].browse(self._setup().action_finish()["res_id"])
        self.assertFalse(self.users["a"].action_id, "nothing changes before it is in force")
        profile.with_user(self.users["gm"]).action_publish()
        work = self.env.ref("sales_regulation.regulation_work_queue_action")
        self.assertEqual(self.users["a"].action_id.id, work.id)
        self.assertNotEqual(self.users["clk"].action_id.id, work.id)
        self.assertFalse(self.users["adm"].action_id, "he holds no role")

    def test_publishing_obeys_the_director(self):
        setup = self._setup()
        setup.activation = "active"
        self.assertFalse(setup.may_publish)
        self.assertIn("GM Zhou", setup.directors)
        with self.assertRaises(AccessError):
            setup.action_finish()

    def test_role_holders_are_named_on_the_way(self):
        setup = self._setup()
        line = setup.role_line_ids.filtered(lambda line: line.role_id.code == "director")
        self.assertEqual(line.holders, "GM Zhou")
        line.user_id = self.users["adm"]
        setup.activation = "trial"
        # Beside a director nobody makes himself one
        self.assertFalse(setup.may_publish)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            setup.action_finish()
        setup.activation = "draft"
        setup.action_finish()
        proposed = self.env["regulation.role.assignment"].search(
            [("user_id", "=", self.users["adm"].id), ("role_id.code", "=", "director")]
        )
        self.assertTrue(proposed.needs_consent)
        self.assertFalse(self.roles["director"]._held_by(self.users["adm"], self.company))

    def test_the_first_director_is_named_on_the_way(self):
        held = self.env["regulation.role.assignment"].search(
            [("role_id.code", "=", "director"), ("company_id", "=", self.company.id)]
        )
        self._as(held, "gm").action_end()
        setup = self._setup()
        line = setup.role_line_ids.filtered(lambda line: line.role_id.code == "director")
        line.user_id = self.users["adm"]
        self.assertTrue(setup.may_publish)
        setup.activation = "trial"
        profile = self.env["regulation.profile"].browse(setup.action_finish()["res_id"])
        self.assertEqual(profile.state, "trial")
        self.assertTrue(self.roles["director"]._held_by(self.users["adm"], self.company))

    def test_a_second_adoption_is_the_next_version(self):
        first = self.env["regulation.profile"].browse(self._setup().action_finish()["res_id"])
        second = self.env["regulation.profile"].browse(self._setup().action_finish()["res_id"])
        self.assertEqual((first.version, second.version), ("1.0", "1.1"))

    def test_documents_past_a_gate_are_counted(self):
        self._order("a").action_confirm()
        past = self._setup()._documents_past()
        self.assertTrue(any(count >= 1 for _step, count in past))

    def test_every_shipped_profile_can_be_adopted_and_published(self):
        for key in SHIPPED:
            with self.subTest(profile=key):
                setup = self._setup(key=key)
                profile = self.env["regulation.profile"].browse(setup.action_finish()["res_id"])
                profile.with_user(self.users["gm"]).action_publish_trial()
                self.assertEqual(self._policy().profile_id, profile.id)
                profile.with_user(self.users["gm"]).action_retire()

    def test_only_administrators(self):
        with self.assertRaises(AccessError):
            self.env["regulation.setup"].with_user(self.users["km"]).create({})

    def test_nothing_chosen(self):
        setup = self.env["regulation.setup"].with_user(self.users["adm"]).create({})
        with self.assertRaises(UserError):
            setup.action_next()
        with self.assertRaises(UserError):
            setup.action_finish()

    def test_observe_all_first(self):
        """One press, and an existing company goes on working while the register notes."""
        setup = (
            self.env["regulation.setup"]
            .with_user(self.users["adm"])
            .create(
                {
                    "template_id": self.env.ref("sales_regulation.profile_composite").id,
                    "step": "gates",
                }
            )
        )
        self.assertIn("enforce", setup.gate_line_ids.mapped("mode"))
        setup.action_observe_all()
        self.assertEqual(set(setup.gate_line_ids.mapped("mode")) - {"off"}, {"observe"})
        self.assertEqual(setup.step, "gates")
