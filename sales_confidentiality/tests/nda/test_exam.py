# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tests.common import PREFIX, RegulationCompany

from .common import NdaWorld, SitsExam


@tagged("post_install", "-at_install")
class TestExam(SitsExam, NdaWorld, RegulationCompany, HttpCase):
    """The examination is a survey that people sit in the browser (C54, S4-057)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_company()
        cls._build_ndas()
        cls.profile = cls._regulate()
        # Every right in surveys, and no officer
        cls.editor = cls.users["hr"]
        cls.editor.group_ids |= cls.env.ref("survey.group_survey_manager")

    def results(self, login):
        return self.env["confidentiality.exam.result"].search(
            [("user_id", "=", self.users[login].id)], order="id"
        )

    # === WHAT SHIPS === #

    def test_the_shipped_examination(self):
        """Ten questions of 100 points, one right choice each, 80 to pass."""
        exam = self.exam
        self.assertTrue(exam.certification and exam.users_login_required)
        self.assertEqual(exam.scoring_success_min, 80)
        self.assertEqual(exam.attempts_limit, 3)
        self.assertEqual(len(exam.question_ids), 10)
        for question in exam.question_ids:
            right = question.suggested_answer_ids.filtered("is_correct")
            self.assertEqual(len(right), 1, question.title)
            self.assertGreaterEqual(len(question.suggested_answer_ids), 3)
            self.assertGreater(right.answer_score, 0)
            others = question.suggested_answer_ids - right
            self.assertEqual(set(others.mapped("answer_score")), {0})
        self.assertEqual(
            sum(exam.question_ids.suggested_answer_ids.mapped("answer_score")), 100
        )
        # The right one is not always in the same place
        places = {
            question.suggested_answer_ids.ids.index(
                question.suggested_answer_ids.filtered("is_correct").id
            )
            for question in exam.question_ids
        }
        self.assertEqual(places, {0, 1, 2})

    # === PASSING AND FAILING === #

    def test_passing_qualifies(self):
        attempt = self._sit("A", 85)
        today = self.company._regulation_today()
        self.assertRecordValues(
            self.results("a"),
            [
                {
                    "score": 85.0,
                    "pass_mark": 80.0,
                    "passed": True,
                    "date": today,
                    "valid_until": today + relativedelta(months=12, days=-1),
                    "user_input_ref": attempt.id,
                }
            ],
        )
        qualification = self.results("a").qualification_id
        self.assertEqual((qualification.kind, qualification.score), ("exam", 85.0))
        self.assertEqual(qualification.user_id, self.users["a"])
        self.assertTrue(self._has("a", "exam"))
        self.assertFalse(self._has("a", "nda"))
        self.assertEqual(self._events("exam_passed", self.results("a")), 1)

    def test_failing_gives_nothing_then_a_resit(self):
        """B of the storyline: 75, then 82."""
        self._sit("B", 75)
        self.assertEqual(self.results("b").mapped("passed"), [False])
        self.assertFalse(self._has("b", "exam"))
        self.assertFalse(
            self.env["regulation.qualification"].search_count(
                [("user_id", "=", self.users["b"].id), ("kind", "=", "exam")]
            )
        )
        self._sit("B", 82)
        self.assertEqual(self.results("b").mapped("score"), [75.0, 82.0])
        self.assertTrue(self._has("b", "exam"))

    def test_failing_again_keeps_what_counts(self):
        self._sit("A", 85)
        self._sit("A", 75)
        self.assertTrue(self._has("a", "exam"))

    def test_expiry(self):
        """Passed for so many months as the regulation says (S4-057)."""
        self._sit("A", 85)
        user, company = self.users["a"], self.company
        qualifications = self.env["regulation.qualification"]
        last = self.results("a").valid_until
        self.assertTrue(qualifications._valid_users(user, "exam", company, last))
        self.assertFalse(
            qualifications._valid_users(user, "exam", company, last + timedelta(days=1))
        )

    def test_attempts(self):
        """Three attempts; they count anew since the last one that was passed."""
        for _number in range(3):
            self._sit("A", 75)
        self.assertIsNone(self._begin("A"))
        action = self.env["survey.survey"].with_user(self.users["a"])
        with self.assertRaisesRegex(UserError, "no attempt left"):
            action.action_confidentiality_exam()
        # An invitation with its own pool, or another address, gives no more
        left = self.exam.with_user(self.users["a"]).sudo()
        self.assertEqual(
            left._get_number_of_attempts_lefts(self.users["a"].partner_id, "other@x.cn", "pool"), 0
        )
        self.exam.with_user(self.officer).attempts_limit = 4
        self._sit("A", 85)
        self.assertEqual(
            left._get_number_of_attempts_lefts(self.users["a"].partner_id, False, False), 4
        )

    def test_another_survey_does_not_count(self):
        """Only the examination that the regulation names."""
        other = self.exam.copy({"title": "Easy", "confidentiality_exam": True})
        self._sit("A", 100, other)
        self.assertEqual(self.results("a").mapped("passed"), [False])
        self.assertFalse(self._has("a", "exam"))

    def test_a_survey_that_is_no_examination(self):
        other = self.exam.copy({"title": "Copy"})
        self.assertFalse(other.confidentiality_exam)
        self._sit("A", 100, other)
        self.assertFalse(self.results("a"))
        self.assertFalse(self._has("a", "exam"))

    def test_a_try_of_the_editor(self):
        """The test mode of the survey is no attempt."""
        self.authenticate(PREFIX + "gm", PREFIX + "gm")
        self.url_open(f"/survey/test/{self.exam.access_token}")
        attempt = self.exam.user_input_ids.filtered("test_entry")
        self.assertTrue(attempt)
        self._rpc(f"/survey/begin/{self.exam.access_token}/{attempt.access_token}")
        for question in attempt.predefined_question_ids:
            right = question.suggested_answer_ids.filtered("is_correct")
            self._answer(attempt, question, right.id)
        self.assertEqual(attempt.state, "done")
        self.assertFalse(self._has("gm", "exam"))

    def test_where_the_button_leads(self):
        action = self.env["survey.survey"].with_user(self.users["a"]).action_confidentiality_exam()
        self.assertEqual(action["url"], f"/survey/start/{self.exam.access_token}")

    # === FORGING === #

    def test_the_candidate_writes_nothing(self):
        """Over RPC nobody without survey rights reads or writes questions and answers."""
        attempt = self._begin("A")
        for record, vals in (
            (attempt, {"state": "done"}),
            (attempt, {"scoring_percentage": 100}),
            (attempt.predefined_question_ids[:1].suggested_answer_ids[:1], {"is_correct": True}),
            (self.exam, {"scoring_success_min": 0}),
        ):
            mine = record.with_user(self.users["a"])
            with self.subTest(f"{record._name} {vals}"):
                with self.assertRaises(AccessError):
                    mine.write(vals)
                with self.assertRaises(AccessError):
                    mine.read(["display_name"])

    def test_a_survey_manager_forges_nothing(self):
        """Every right in surveys is not enough: answers, scores, attempts, pass mark, questions."""
        attempt = self._begin("HR")
        question = attempt.predefined_question_ids[0]
        wrong = question.suggested_answer_ids.filtered(lambda one: not one.is_correct)[0]
        self._answer(attempt, question, wrong.id)
        line = attempt.user_input_line_ids
        editor = self.editor
        right = question.suggested_answer_ids.filtered("is_correct")
        for record, vals in (
            (attempt, {"state": "done", "scoring_percentage": 100, "scoring_success": True}),
            (attempt, {"partner_id": self.users["a"].partner_id.id}),
            (attempt, {"predefined_question_ids": [(6, 0, question.ids)]}),
            (attempt, {"test_entry": True}),
            (attempt, {"user_input_line_ids": [(5, 0, 0)]}),
            (line, {"suggested_answer_id": right.id}),
            (line, {"answer_score": 100}),
            (wrong, {"is_correct": True, "answer_score": 50}),
            (question, {"suggested_answer_ids": [(1, wrong.id, {"answer_score": 50})]}),
            (question, {"title": "Easy"}),
            (self.exam, {"scoring_success_min": 0}),
            (self.exam, {"attempts_limit": 99}),
            (self.exam, {"confidentiality_exam": False}),
            (self.exam, {"question_and_page_ids": [(2, question.id)]}),
        ):
            with self.subTest(f"{record._name} {vals}"), self.assertRaises(AccessError):
                record.with_user(editor).write(vals)
                self.env.flush_all()
        for record in (attempt, line, wrong, question, self.exam):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(editor).unlink()
        with self.assertRaises(AccessError):
            self.env["survey.user_input"].with_user(editor).create(
                {"survey_id": self.exam.id, "partner_id": editor.partner_id.id, "state": "done"}
            )
        with self.assertRaises(AccessError):
            self.env["survey.user_input.line"].with_user(editor).create(
                {
                    "user_input_id": attempt.id,
                    "question_id": question.id,
                    "answer_type": "suggestion",
                    "suggested_answer_id": right.id,
                }
            )
        with self.assertRaises(AccessError):
            self.env["survey.question.answer"].with_user(editor).create(
                {"question_id": question.id, "value": "Mine", "answer_score": 500}
            )
        self.assertFalse(self._has("hr", "exam"))

    def test_who_edits_surveys_does_not_read_the_answers(self):
        question = self.exam.question_ids[0]
        for record in (question, question.suggested_answer_ids):
            theirs = record.with_user(self.editor)
            self.assertFalse(theirs.search([("id", "in", record.ids)]))
            with self.assertRaises(AccessError):
                theirs.read(["display_name"])
        other = self.env["survey.survey"].with_user(self.editor).create(
            {
                "title": "Lunch",
                "question_and_page_ids": [
                    (
                        0,
                        0,
                        {
                            "title": "Rice?",
                            "question_type": "simple_choice",
                            "suggested_answer_ids": [(0, 0, {"value": "Yes"})],
                        },
                    )
                ],
            }
        )
        self.assertEqual(other.question_ids.suggested_answer_ids.mapped("value"), ["Yes"])
        other.question_ids.suggested_answer_ids.value = "No"
        other.unlink()

    def test_forged_rows_qualify_nobody(self):
        """Even rows written past every guard: only an attempt that ends counts."""
        self.env["survey.user_input"].create(
            {
                "survey_id": self.exam.id,
                "partner_id": self.users["a"].partner_id.id,
                "state": "done",
                "scoring_percentage": 100,
                "scoring_success": True,
            }
        )
        self.assertFalse(self._has("a", "exam"))

    def test_answers_of_other_questions(self):
        """The client may send the number of any answer: only the question's own count."""
        attempt = self._begin("A")
        first, second = attempt.predefined_question_ids[:2]
        best = first.suggested_answer_ids.filtered("is_correct")
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._answer(attempt, second, best.id)
        self.assertFalse(attempt.user_input_line_ids)

    def test_another_person_sits_it(self):
        """Logged in as somebody else, or not at all, with the token of the attempt."""
        attempt = self._begin("B")
        question = attempt.predefined_question_ids[0]
        right = question.suggested_answer_ids.filtered("is_correct")
        for login in ("a", None):
            self.authenticate(login and PREFIX + login, login and PREFIX + login)
            answer = self._answer(attempt, question, right.id)
            self.assertIn("error", answer[1], login)
            self.assertFalse(attempt.user_input_line_ids)

    def test_results_are_evidence(self):
        self._sit("B", 75)
        result = self.results("b")
        for user in (self.users["b"], self.officer, self.env.user):
            theirs = result.with_user(user)
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    theirs.write({"passed": True})
                with self.assertRaises(AccessError):
                    theirs.unlink()
                with self.assertRaises(AccessError):
                    theirs.create({"user_id": user.id, "survey_id": self.exam.id, "passed": True})
        seen = {
            login
            for login in self.users
            if result.with_user(self.users[login]).search_count([("id", "=", result.id)])
        }
        self.assertEqual(seen, {"b", "gm", "aud"})

    # === THE OFFICER === #

    def test_the_officer_edits_on_record(self):
        self.exam.with_user(self.officer).scoring_success_min = 85
        self.assertEqual(self._events("exam_changed", self.exam), 1)
        self._sit("B", 82)
        self.assertRecordValues(self.results("b"), [{"passed": False, "pass_mark": 85.0}])

    def test_the_officer_does_not_answer_for_anybody(self):
        attempt = self._begin("B")
        with self.assertRaises(AccessError):
            attempt.with_user(self.officer).write({"scoring_success": True})
        with self.assertRaises(AccessError):
            attempt.with_user(self.officer).unlink()

    def test_what_an_examination_is(self):
        plain = self.env["survey.survey"].create({"title": "Plain"})
        with self.assertRaises(ValidationError):
            plain.confidentiality_exam = True
        with self.assertRaises(ValidationError):
            self.exam.users_login_required = False
        draft = self._regulate(publish=False, version="2.0")
        with self.assertRaises(ValidationError):
            draft.confidentiality_exam_id = plain

    def test_the_rights_open_at_once(self):
        """C53, C54: NDA and examination, then the NDA is revoked."""
        self.env["confidentiality.grant"].create(
            {
                "user_id": self.users["km"].id,
                "category_id": self.env.ref("sales_confidentiality.category_customer").id,
                "level_id": self.env.ref("sales_confidentiality.level_secret").id,
                "date_from": "2020-01-01",
            }
        )
        customer = self.customers["xinghai"]
        customer.confidentiality_label_id = self.env["confidentiality.label"]._get(
            self.env.ref("sales_confidentiality.level_confidential"),
            self.env.ref("sales_confidentiality.category_customer"),
        )
        self._enforce()

        def seen():
            self.env.flush_all()
            self.env.invalidate_all()
            partners = self.env["res.partner"].with_user(self.users["km"])
            return bool(partners.search_count([("id", "=", customer.id)]))

        self.assertFalse(seen())
        nda = self._sign(self._ndas("km", "sent"), "km")
        self.assertFalse(seen())
        self.assertTrue(nda.exam_due)
        self._sit("KM", 85)
        self.assertFalse(nda.exam_due)
        self.assertTrue(seen())
        nda.with_user(self.officer).action_revoke("A leak")
        self.assertFalse(seen())

    def _enforce(self):
        """The category is enforced once officer, director, finance and legal are cleared."""
        for login in ("gm", "fin", "leg"):
            for kind in ("nda", "exam"):
                self.env["regulation.qualification"].create(
                    {
                        "name": kind,
                        "kind": kind,
                        "user_id": self.users[login].id,
                        "company_id": self.company.id,
                        "date": "2020-01-01",
                    }
                )
            self.env["confidentiality.grant"].create(
                {
                    "user_id": self.users[login].id,
                    "category_id": self.env.ref("sales_confidentiality.category_customer").id,
                    "level_id": self.env.ref("sales_confidentiality.level_secret").id,
                    "date_from": "2020-01-01",
                }
            )
        self.env.ref("sales_confidentiality.category_customer").mode = "enforce"
