# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.sales_regulation.tools import engine

from ..common import RegulationCommon, RegulationCompany
from .common import ServiceProfiles


@tagged("post_install", "-at_install")
class TestSatisfaction(ServiceProfiles, RegulationCommon):
    """C13: the customer's word, and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._service_profile()
        cls.customers["xinghai"].email = "lin@xinghai.example.com"
        cls.ticket = cls._ticket()
        cls.ticket.action_answer("Replaced")

    def _asked(self, document=None):
        self._commit_and_follow("ir_cron_satisfaction")
        document = document or self.ticket
        return self.env["rating.rating"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)]
        )

    def test_asked_after_the_commit(self):
        """One mail to the customer, in no chatter, and readable by nobody inside."""
        rating = self._asked()
        self.assertEqual(len(rating), 1)
        self.assertFalse(rating.consumed)
        mail = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.customers["xinghai"].ids)], order="id desc", limit=1
        )
        self.assertIn(f"/my/tickets/answer/{rating.access_token}", mail.body_html)
        self.assertIn("Replaced", mail.body_html)
        messages = self.ticket.sudo().message_ids
        self.assertNotIn(rating.access_token, "".join(str(row.body) for row in messages))
        for login in ("a", "km", "gm", "adm"):
            with self.subTest(login=login):
                with self.assertRaises(AccessError):
                    self._as(rating, login).read(["access_token"])
                with self.assertRaises(AccessError):
                    self._as(rating, login).search([("access_token", "=like", "a%")])
                with self.assertRaises(AccessError):
                    self._as(mail, login).read(["body_html"])
                with self.assertRaises(AccessError):
                    self._as(self.ticket, login)._rating_get_access_token()
        # Once, however often the job runs
        self.assertEqual(self._asked(), rating)

    def test_nobody_rates_himself(self):
        """Neither by RPC, by the token, by a rating of one's own, nor in the chatter."""
        rating = self._asked()
        Rating = self.env["rating.rating"]
        for login in ("a", "km", "gm", "adm"):
            ticket, mine = self._as(self.ticket, login), self._as(rating, login)
            routes = (
                lambda t=ticket: t.rating_apply(5, token=rating.access_token),
                lambda t=ticket, m=mine: t.rating_apply(5, rating=m),
                lambda t=ticket: t.sudo().rating_apply(5, rating=rating),
                lambda m=mine: m.write({"rating": 5, "consumed": True}),
                lambda m=mine: m.sudo().write({"rating": 5}),
                lambda m=mine: m.reset(),
                lambda m=mine: m.unlink(),
                lambda u=login: Rating.with_user(self.users[u]).create(
                    {
                        "res_model_id": self.env["ir.model"]._get_id("sales.ticket"),
                        "res_id": self.ticket.id,
                        "rating": 5,
                        "consumed": True,
                        "partner_id": self.customers["xinghai"].id,
                    }
                ),
                lambda t=ticket: t._customer_says(True, score=100),
            )
            for number, route in enumerate(routes):
                with self.subTest(login=login, route=number):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        route()
        self.ticket.message_post(body="Great", rating_value=5)
        self.assertEqual(
            self.env["rating.rating"].search_count(
                [("consumed", "=", True), ("res_model", "=", "sales.ticket")]
            ),
            0,
        )
        self.assertEqual(self.ticket.state, "answered")
        # A rating of something else is not moved here
        other = Rating.create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.customers["beihe"].id,
                "rating": 5,
            }
        )
        with self.assertRaises(AccessError):
            self._as(other, "a").write(
                {
                    "res_model_id": self.env["ir.model"]._get_id("sales.ticket"),
                    "res_id": self.ticket.id,
                }
            )

    def test_given_once(self):
        """A link counts for its ticket, once, and no longer after the next answer."""
        rating = self._asked()
        public = self.env.ref("base.public_user")
        ticket = self.ticket.with_user(public).sudo()
        other = self._ticket()
        with self.assertRaises(UserError):
            other.with_user(public).sudo().rating_apply(5, token=rating.access_token)
        ticket.rating_apply(1, token=rating.access_token, feedback="Again bent")
        self.assertRecordValues(self.ticket, [{"state": "reopened", "loops": 1}])
        with self.assertRaises(UserError):
            ticket.rating_apply(5, token=rating.access_token)
        self.ticket.action_answer("Replaced again")
        with self.assertRaises(UserError):
            ticket.rating_apply(5, token=rating.access_token)
        again = self._asked() - rating
        ticket.rating_apply(5, token=again.access_token)
        self.assertRecordValues(self.ticket, [{"state": "closed", "result": "satisfied"}])
        scores = self.env["sales.satisfaction"].search(
            [("ticket_id", "=", self.ticket.id)], order="id"
        )
        self.assertEqual(scores.mapped("score"), [20, 100])
        self.assertFalse(scores.recorded_by_id)

    def test_no_data_below_the_fewest_answers(self):
        """A figure of two answers is none where the regulation wants three."""
        Satisfaction = self.env["sales.satisfaction"]
        today = self.company._regulation_today()

        def summary():
            return Satisfaction._summary("user_id", [("date", "=", today)], self.company)[
                self.users["a"]
            ]

        for number, score in enumerate((90, 60, 75)):
            if number:
                self.assertEqual(summary(), (None, number))
            Satisfaction._note(self.ticket, score)
        self.assertEqual(summary(), (75.0, 3))
        self.env.flush_all()
        report = self.env["sales.satisfaction.report"].search(
            [("user_id", "=", self.users["a"].id)]
        )
        self.assertEqual((report.answers, report.result), (3, "75.0"))
        # The person sees his own, a colleague does not
        self.assertTrue(Satisfaction.with_user(self.users["a"]).search_count([]))
        self.assertFalse(Satisfaction.with_user(self.users["b"]).search_count([]))

    def test_figure_of_a_group(self):
        """The figure of a person is that of his answers, if they are enough together: the mean of
        90, 60 and 75, not that of the customers' means 90 and 67.5."""
        Satisfaction = self.env["sales.satisfaction"]
        Report = self.env["sales.satisfaction.report"].with_user(self.users["a"])
        other = self._ticket(customer="beihe")

        def figures(*groupby):
            self.env.flush_all()
            found = Report._read_group(
                [("user_id", "=", self.users["a"].id)],
                groupby,
                ["answers:sum", "average:avg"],
            )
            return [row[len(groupby) :] for row in found]

        Satisfaction._note(self.ticket, 90)
        Satisfaction._note(other, 60)
        self.assertEqual(figures(), [(2, False)])
        Satisfaction._note(other, 75)
        self.assertEqual(figures(), [(3, 75.0)])
        self.assertEqual(figures("user_id", "month:month"), [(3, 75.0)])
        self.assertEqual(sorted(figures("partner_id")), [(1, False), (2, False)])
        rows = Report.search([("user_id", "=", self.users["a"].id)])
        self.assertEqual(set(rows.mapped("result")), {"no data"})
        self.assertFalse(any(rows.mapped("average")))
        groups = Report.formatted_read_group(
            [("user_id", "=", self.users["a"].id)], ["user_id"], ["average:avg"]
        )
        self.assertEqual([group["average:avg"] for group in groups], [75.0])

    def test_report_without_enough(self):
        self.env["sales.satisfaction"]._note(self.ticket, 90)
        self.env.flush_all()
        report = self.env["sales.satisfaction.report"].search(
            [("user_id", "=", self.users["a"].id)]
        )
        self.assertEqual((report.result, report.has_data), ("no data", False))

    def test_late_word(self):
        """An inquiry was closed at once: its answer goes out, and the customer may still say no."""
        ticket = self._ticket(kind="inquiry")
        ticket.action_answer("Four weeks")
        ticket.action_close()
        rating = self._asked(ticket)
        self.assertTrue(rating)
        public = ticket.with_user(self.env.ref("base.public_user")).sudo()
        public._customer_says(False, feedback="Which weeks?", rating=rating)
        self.assertRecordValues(ticket, [{"state": "reopened", "loops": 1, "result": False}])
        ticket.action_answer("Weeks 40 to 43")
        ticket.action_close()
        public._customer_says(True, score=70, rating=self._asked(ticket) - rating)
        self.assertRecordValues(ticket, [{"state": "closed", "result": "satisfied"}])
        with self.assertRaises(UserError):
            public._customer_says(False)

    def test_not_asked(self):
        """No address, or a regulation that does not ask: no mail."""
        self.customers["beihe"].email = False
        ticket = self._ticket(customer="beihe")
        ticket.action_answer("Done")
        self.assertFalse(self._asked(ticket))
        self.profile.with_user(self.users["gm"]).action_retire()
        self._service_profile(satisfaction_after_ticket=False)
        ticket = self._ticket()
        ticket.action_answer("Done")
        self.assertFalse(self._asked(ticket))

    def test_duties_of_reps_cost_the_same(self):
        """The figures of 1 and of 30 people cost the same."""
        Satisfaction = self.env["sales.satisfaction"]
        Satisfaction._note(self.ticket, 90)

        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            count = self.cr.sql_log_count
            Satisfaction._summary("user_id", [], self.company)
            return self.cr.sql_log_count - count

        cost()
        before = cost()
        for user in list(self.users.values()):
            Satisfaction._note_answers(
                [
                    {
                        "company_id": self.company.id,
                        "partner_id": self.customers["xinghai"].id,
                        "user_id": user.id,
                        "source": "campaign",
                        "score": 80,
                        "date": self.company._regulation_today(),
                    }
                ]
            )
        self.assertEqual(cost(), before)


@tagged("post_install", "-at_install")
class TestRatePage(ServiceProfiles, RegulationCompany, HttpCase):
    """Odoo's page behind the link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_company()
        cls._service_profile()
        cls.ticket = cls._ticket()
        cls.ticket.action_answer("Replaced")
        cls.rating = cls.ticket.sudo()._rating_ask(cls.customers["xinghai"])
        cls.env.flush_all()

    def _submit(self, rate):
        token = self.rating.access_token
        response = self.url_open(
            f"/rate/{token}/submit_feedback",
            data={"rate": rate, "feedback": "Well", "csrf_token": http.Request.csrf_token(self)},
        )
        self.env.invalidate_all()
        return response

    def test_customer(self):
        self.authenticate(None, None)
        self.assertEqual(self._submit(5).status_code, 200)
        self.assertEqual((self.ticket.state, self.ticket.result), ("closed", "satisfied"))

    def test_employee_with_the_link(self):
        """Even with the link an employee who is logged in rates nothing."""
        self.authenticate("reg_a", "reg_a")
        self._submit(5)
        self.assertEqual(self.ticket.state, "answered")
        self.assertFalse(self.rating.consumed)


@tagged("post_install", "-at_install")
class TestSatisfactionDuty(ServiceProfiles, RegulationCommon):
    """S0-46: each customer says once in a period how satisfied he is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls._service_profile(
            duty_ids=[
                Command.create(
                    {
                        "code": "satisfaction",
                        "name": "Satisfaction",
                        "frequency": "yearly",
                        "who": "owner",
                        "subject_model": "res.partner",
                    }
                )
            ]
        )

    def _due(self, customer):
        today = self.company._regulation_today()
        return engine(self.env["regulation.duty.instance"]).create(
            {
                "duty_id": self.profile.duty_ids.id,
                "profile_id": self.profile.id,
                "company_id": self.company.id,
                "user_id": self.users["a"].id,
                "subject_model": "res.partner",
                "subject_id": self.customers[customer].id,
                "period_start": today.replace(month=1, day=1),
                "period_end": today.replace(month=12, day=31),
            }
        )

    def test_an_answer_fulfils_it(self):
        mine, other = self._due("xinghai"), self._due("beihe")
        ticket = self._ticket()
        ticket.action_answer("Replaced")
        answer = self.env["sales.satisfaction"]._note(ticket, 90)
        self.assertEqual((mine.state, other.state), ("done", "open"))
        self.assertEqual((mine.document_model, mine.document_id), (answer._name, answer.id))
