# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import format_date

from odoo.addons.sales_regulation.tools import engine

from .common import KpiCommon

#: who rates as what, with which weight
UNRATED = "Nobody was at work in March"
RATERS = (("self", 0, 3, 1), ("superior", 50, 5, 1), ("peer", 20, 5, 3), ("customer", 30, 5, 3))


class AssessmentCommon(KpiCommon):
    """A scheme of the qualitative assessment alone; A, B, T and three colleagues for peers."""

    scheme_lines = (("assessment", {"weight": 100, "target_source": "none", "rule": "attainment"}),)
    appeal_days = 5

    @classmethod
    def _scored_profile(cls, **values):
        return super()._scored_profile(
            rater_group_ids=[
                Command.create({"kind": kind, "weight": weight, "days": days, "least": least})
                for kind, weight, days, least in RATERS
            ],
            **values,
        )

    def asked(self, at="2026-04-01 09:00"):
        """The cycle of March with its raters asked, and three colleagues added about A."""
        cycle = self.cycle(at=at)
        cycle.action_ask_raters()
        for login in ("clk", "wh"):
            self.ask(cycle, "a", "peer", rater_id=self.users[login].id)
        return cycle

    def ask(self, cycle, about, kind, login="hr", **values):
        return (
            self.env["kpi.rating.request"]
            .with_user(self.users[login])
            .create(
                {
                    "cycle_id": cycle.id,
                    "user_id": self.users[about].id,
                    "kind": kind,
                    **values,
                }
            )
        )

    def request(self, cycle, about, kind, rater=None):
        return cycle.sudo().request_ids.filtered(
            lambda one: (
                one.user_id == self.users[about]
                and one.kind == kind
                and (not rater or one.rater_id == self.users[rater])
            )
        )

    def rate(self, cycle, about, kind, rater, value, comment=""):
        request = self.request(cycle, about, kind, rater)
        return request.with_user(self.users[rater]).action_rate(value, comment)

    def rated(self, cycle, peers=(90, 92, 94)):
        """Superior 88, peers, himself 95; the ratings are closed."""
        self.rate(cycle, "a", "self", "a", 95)
        self.rate(cycle, "a", "superior", "km", 88, "Keeps his word")
        for login, value in zip(("b", "clk", "wh"), peers, strict=False):
            self.rate(cycle, "a", "peer", login, value, f"Said {value}")
        self.at("2026-04-20 09:00")
        cycle.action_close_ratings()

    def ratings(self, cycle, login="a"):
        return {
            rating.kind: (rating.value, rating.weight_counted, rating.status)
            for rating in self.sheet(cycle, login).rating_ids
        }


@tagged("post_install", "-at_install")
class TestAssessment(AssessmentCommon):
    """C44: who is asked, what counts, who learns what (S0-54, S3-64, S3-65, S3-67, K3)."""

    def test_who_is_asked(self):
        cycle = self.cycle()
        cycle.action_ask_raters()
        self.assertEqual(cycle.state, "rating")
        self.assertEqual(self.request(cycle, "a", "self").rater_id, self.users["a"])
        self.assertEqual(self.request(cycle, "a", "superior").rater_id, self.users["km"])
        self.assertEqual(self.request(cycle, "a", "peer").rater_id, self.users["b"])
        # Himself by working day 3, the others by working day 5 after the period
        self.assertEqual(self.request(cycle, "a", "self").due_on, date(2026, 4, 3))
        self.assertEqual(self.request(cycle, "a", "superior").due_on, date(2026, 4, 7))

    def test_fit_is_asked_once(self):
        """Who stands above whom is looked up once for all requests, not for each of them."""
        asked = self.asked().sudo().request_ids
        self.assertGreater(len(asked), 5)
        Cycle = self.registry["kpi.cycle"]
        original = Cycle._nearest_superiors
        seen = []

        def counted(cycle, users):
            seen.append(users)
            return original(cycle, users)

        self.patch(Cycle, "_nearest_superiors", counted)
        asked._check_fit()
        self.assertEqual(len(seen), 1)

    def test_counted_by_weight(self):
        """Peers 92 and superior 88 without customers: (88 x 50 + 92 x 20) / 70."""
        cycle = self.asked()
        self.rated(cycle)
        self.assertEqual(cycle.state, "review")
        self.assertEqual(
            self.ratings(cycle),
            {
                "self": (95.0, 0.0, "shown"),
                "superior": (88.0, 71.43, "ok"),
                "peer": (92.0, 28.57, "ok"),
                "customer": (0.0, 0.0, "few"),
            },
        )
        self.assertEqual(self.sheet(cycle).score, 89.14)

    def test_version_within_the_period(self):
        """What begins in the middle of March neither asks nor weighs for March."""
        action = self.profile.with_user(self.users["adm"]).action_new_version()
        draft = self.env["regulation.profile"].browse(action["res_id"])
        for group in draft.rater_group_ids:
            group.weight = {"superior": 10, "peer": 90}.get(group.kind, 0)
            group.days = 9
        draft.date_from = "2026-03-16"
        draft.with_user(self.users["gm"]).action_publish()
        cycle = self.asked()
        self.assertEqual(self.request(cycle, "a", "superior").due_on, date(2026, 4, 7))
        self.rated(cycle)
        self.assertEqual(self.sheet(cycle).score, 89.14)

    def test_fewer_than_three_are_nobody(self):
        """Neither shown nor used; the comments stay unread too."""
        cycle = self.asked()
        self.rated(cycle, (10, 20))
        self.assertEqual(self.ratings(cycle)["peer"], (0.0, 0.0, "few"))
        self.assertEqual(self.sheet(cycle).score, 88.0)
        comments = self.sheet(cycle).with_user(self.users["hr"]).rating_comments
        self.assertEqual(comments, "Superior: Keeps his word")

    def test_comments_for_human_resources(self):
        cycle = self.asked()
        self.rated(cycle)
        sheet = self.sheet(cycle)
        said = sheet.with_user(self.users["hr"]).rating_comments.split("\n")
        self.assertEqual(
            sorted(said),
            ["Colleagues: Said 90", "Colleagues: Said 92", "Colleagues: Said 94", "Superior: Keeps his word"],
        )
        cycle.action_publish()
        with self.assertRaises(AccessError):
            sheet.with_user(self.users["a"]).read(["rating_comments"])

    def test_nothing_counts_before_it_is_closed(self):
        """Else the running score would tell what the last rater said."""
        cycle = self.asked()
        self.rate(cycle, "a", "superior", "km", 10)
        cycle.action_compute()
        self.assertEqual(cycle.state, "rating")
        self.assertFalse(self.sheet(cycle).has_score)
        self.assertFalse(self.sheet(cycle).rating_ids)

    def test_by_hand_where_nobody_was_asked(self):
        self.env["kpi.manual.value"].with_user(self.users["hr"]).create(
            {
                "indicator_id": self._indicator("assessment").id,
                "user_id": self.users["a"].id,
                "date": "2026-03-31",
                "value": 77,
                "source": "Talk",
                "company_id": self.company.id,
            }
        )
        self.assertEqual(self.sheet(self.cycle()).score, 77.0)

    def test_once_and_in_time(self):
        cycle = self.asked()
        self.rate(cycle, "a", "superior", "km", 88)
        with self.assertRaisesRegex(UserError, "once"):
            self.rate(cycle, "a", "superior", "km", 99)
        for value in (-1, 101, "90", True, None, float("nan")):
            with self.subTest(value=value), self.assertRaises(UserError):
                self.rate(cycle, "a", "peer", "b", value)
        with self.assertRaises(AccessError):
            self.request(cycle, "a", "peer", "b").with_user(self.users["clk"]).action_rate(1)
        with self.assertRaisesRegex(UserError, "missing"):
            cycle.action_close_ratings()
        self.at("2026-04-08 00:00")
        with self.assertRaisesRegex(UserError, "has ended"):
            self.rate(cycle, "a", "peer", "b", 50)
        self.at("2026-04-08 09:00")
        cycle.action_close_ratings()
        self.assertEqual(self.request(cycle, "a", "peer", "b").state, "expired")
        with self.assertRaisesRegex(UserError, "closed"):
            self.rate(cycle, "a", "peer", "b", 50)

    def test_people_rate_their_manager(self):
        """Upward, S3-66: three of his people, so that none is known."""
        cycle = self.cycle()
        self.assertNotIn("upward", cycle.sudo()._rating_groups()[self.users["a"].id])
        self.assertEqual(
            set(cycle.sudo()._reports([self.users["km"].id])[self.users["km"].id]),
            {self.users["a"].id, self.users["b"].id},
        )

    def test_raters_of_human_resources(self):
        cycle = self.asked()
        for values, error in (
            ({"kind": "peer", "rater_id": self.users["a"].id}, "himself"),
            ({"kind": "self", "rater_id": self.users["b"].id}, "himself"),
            ({"kind": "customer", "rater_id": self.users["wh"].id}, "customers"),
            ({"kind": "peer", "partner_id": self.customers["xinghai"].id}, "customers"),
            ({"kind": "customer", "partner_id": self.customers["beihe"].id}, "e-mail"),
            ({"kind": "superior", "rater_id": self.users["hr"].id}, "no superior"),
            ({"kind": "upward", "rater_id": self.users["b"].id}, "does not report"),
            ({"kind": "peer", "rater_id": self.users["hr"].id}, "asks himself"),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, f"(?i){error}"):
                self.ask(cycle, "a", **values)
        with self.assertRaisesRegex(UserError, "not scored"):
            self.ask(cycle, "wh", "peer", rater_id=self.users["a"].id)
        with self.assertRaises(AccessError):
            self.ask(cycle, "a", "peer", "km", rater_id=self.users["fin"].id)
        open_one = self.request(cycle, "a", "peer", "clk").with_user(self.users["hr"])
        open_one.unlink()
        self.assertFalse(self.request(cycle, "a", "peer", "clk"))
        self.rate(cycle, "a", "peer", "wh", 60)
        with self.assertRaises(UserError):
            self.request(cycle, "a", "peer", "wh").with_user(self.users["hr"]).unlink()

    def test_weights_of_raters(self):
        profile = self._profile(publish=False)
        profile.rater_group_ids = [Command.create({"kind": "superior", "weight": 60})]
        with self.assertRaisesRegex(UserError, "add up to 60"):
            profile.with_user(self.users["gm"])._publish("active")
        with self.assertRaises(ValidationError):
            profile.rater_group_ids = [Command.create({"kind": "peer", "weight": 40, "least": 2})]

    def test_queries(self):
        """Asking raters: as many queries for six people as for one, apart from their rows."""
        few = self.cycle()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        groups = few.sudo()._rating_groups()
        few.sudo()._nearest_superiors(groups)
        few.sudo()._reports(groups)
        few.sudo()._peers(groups)
        few.sudo()._customers_of(dict.fromkeys(groups, 5))
        self.assertLessEqual(self.env.cr.sql_log_count - before, 30)

    def test_queries_of_many_raters(self):
        """One more rater or eighty of them, who are checked and get their day: asked together."""
        cycle = self.asked()
        people = self.env["res.users"].create(
            [
                {
                    "name": f"Colleague {number}",
                    "login": f"colleague {number}",
                    "company_id": self.company.id,
                    "company_ids": [Command.set(self.company.ids)],
                }
                for number in range(81)
            ]
        )
        requests = self.env["kpi.rating.request"].with_user(self.users["hr"])

        def taken(step):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            step()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        def ask(raters):
            requests.create(
                [
                    {
                        "cycle_id": cycle.id,
                        "user_id": self.users[("a", "b")[number % 2]].id,
                        "kind": "peer",
                        "rater_id": rater.id,
                    }
                    for number, rater in enumerate(raters)
                ]
            )

        one, many = taken(lambda: ask(people[:1])), taken(lambda: ask(people[1:]))
        self.assertLessEqual(many, one, "to ask them")
        asked = cycle.sudo().request_ids.filtered(lambda one: one.rater_id in people)
        self.assertEqual((len(asked), set(asked.mapped("due_on"))), (81, {asked[0].due_on}))
        self.assertTrue(asked[0].due_on)
        self.env.cr.execute(
            "UPDATE kpi_rating_request SET marks = '{\"1\": 80}' WHERE id = ANY(%s)", [asked.ids]
        )
        read = [
            taken(lambda rows=rows: rows.with_user(self.users["hr"]).mapped("marks_text"))
            for rows in (asked[:1], asked[:1], asked)
        ]
        self.assertLessEqual(read[2], read[1], "to show their figures")
        hr = [taken(lambda ids=ids: cycle.sudo()._hr_raters(ids)) for ids in (people.ids[:1], people.ids)]
        self.assertLessEqual(hr[1], hr[0], "to find who rates them for human resources")


@tagged("post_install", "-at_install")
class TestAnonymous(AssessmentCommon):
    """Anonymous raters stay anonymous (decisions, "Anonymous input"), as an attacker tries."""

    def test_nobody_reads_the_answers(self):
        cycle = self.asked()
        self.rate(cycle, "a", "peer", "b", 10, "Talks too much")
        self.env["ir.model.access"].create(
            {
                "name": "self-service",
                "model_id": self.env["ir.model"]._get_id("kpi.rating.answer"),
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": True,
            }
        )
        for login in ("a", "b", "km", "hr", "gm", "adm", "aud"):
            Answer = self.env["kpi.rating.answer"].with_user(self.users[login])
            for deed in (
                lambda Answer=Answer: Answer.search([]),
                lambda Answer=Answer: Answer.search_count([]),
                lambda Answer=Answer: Answer.search_read([], ["value"]),
                lambda Answer=Answer: Answer._read_group([], ["kind"], ["value:sum"]),
                lambda Answer=Answer: Answer.name_search(""),
                lambda Answer=Answer: Answer.create({"cycle_id": cycle.id}),
            ):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    deed()
        answer = self.env["kpi.rating.answer"].sudo().search([("cycle_id", "=", cycle.id)])
        for deed in (lambda: answer.write({"value": 100}), answer.unlink):
            with self.assertRaises(AccessError):
                deed()

    def test_nothing_leads_to_the_rater(self):
        cycle = self.asked()
        before = set(self.env["kpi.rating.answer"].sudo().search([]).ids)
        order = []
        for login, value in (("b", 10), ("clk", 20), ("wh", 30)):
            self.rate(cycle, "a", "peer", login, value, "x")
            [new] = set(self.env["kpi.rating.answer"].sudo().search([]).ids) - before
            before.add(new)
            order.append(new)
        columns = set(self.env["kpi.rating.answer"]._fields) - {"id", "display_name"}
        self.assertEqual(columns, {"cycle_id", "user_id", "kind", "value", "marks", "comment"})
        self.assertGreater(max(order) - min(order), 1000, "ids are drawn at random")
        for login in ("b", "clk", "wh"):
            request = self.request(cycle, "a", "peer", login)
            self.assertFalse(request.value or request.comment)
            self.assertEqual(request.answered_on, date(2026, 4, 1))
            self.assertFalse({"create_date", "write_date", "write_uid"} & set(request._fields))
        self.assertFalse(
            self.env["mail.message"].search([("model", "in", ("kpi.rating.request", "kpi.rating.answer"))])
        )

    def test_what_is_typed_is_gone(self):
        cycle = self.asked()
        request = self.request(cycle, "a", "peer", "b").with_user(self.users["b"])
        wizard = (
            self.env["kpi.rating.give"]
            .with_user(self.users["b"])
            .create({"request_id": request.id, "value": 12, "comment": "x"})
        )
        wizard.action_hand_in()
        self.assertFalse(wizard.exists())
        self.assertEqual(request.sudo().state, "done")

    def test_the_person_learns_nothing_before(self):
        """Who rates him, whether they have, and the figures before publication."""
        cycle = self.asked()
        Request = self.env["kpi.rating.request"].with_user(self.users["a"])
        self.assertEqual(Request.search([]).mapped("kind"), ["self", "peer"])
        self.rated(cycle)
        sheet = self.sheet(cycle)
        for login in ("a", "km"):
            self.assertFalse(
                self.env["kpi.sheet"].with_user(self.users[login]).search([("id", "=", sheet.id)])
            )
            self.assertFalse(
                self.env["kpi.sheet.line"]
                .with_user(self.users[login])
                .search([("sheet_id", "=", sheet.id)])
            )
            self.assertFalse(
                self.env["kpi.sheet.rating"]
                .with_user(self.users[login])
                .search([("sheet_id", "=", sheet.id)])
            )
        cycle.action_publish()
        mine = self.env["kpi.sheet"].with_user(self.users["a"]).search([("id", "=", sheet.id)])
        self.assertEqual(mine.rating_ids.mapped("kind"), ["self", "superior", "peer", "customer"])
        self.assertFalse(
            self.env["kpi.sheet.rating"]
            .with_user(self.users["b"])
            .search([("user_id", "=", self.users["a"].id)])
        )

    def test_human_resources_about_themselves(self):
        """Whoever keeps the requests does not see who was asked about himself."""
        cycle = self.asked()
        rule = self.env["kpi.rating.request"].with_user(self.users["hr"])
        self.assertTrue(rule.search([("cycle_id", "=", cycle.id)]))
        self.assertFalse(rule.search([("user_id", "=", self.users["hr"].id)]))

    def test_sealed(self):
        cycle = self.asked()
        request = self.request(cycle, "a", "superior")
        for login in ("km", "hr", "adm"):
            for values in (
                {"state": "done"},
                {"value": 100.0},
                {"answered_on": "2026-04-01"},
                {"rater_id": self.users["hr"].id},
                {"due_on": "2030-01-01"},
            ):
                with self.subTest(login=login, values=values), self.assertRaises(AccessError):
                    request.with_user(self.users[login]).sudo().write(values)
        with self.assertRaises(AccessError):
            self.ask(cycle, "a", "hr", rater_id=self.users["hr"].id, state="done", value=100.0)
        for values in ({"published_at": "2026-01-01"}, {"state": "published"}, {"ratings_closed_at": False}):
            with self.subTest(values), self.assertRaises(AccessError):
                cycle.write(values)


@tagged("post_install", "-at_install")
class TestAppeal(AssessmentCommon):
    """Publish, appeal within five working days, answer, lock (S3-05, S3-67)."""

    def published(self):
        cycle = self.asked()
        self.rated(cycle)
        self.at("2026-04-21 09:00")
        cycle.action_publish()
        return cycle

    def appeal(self, cycle, login="a", reason="My customers were not asked", **values):
        return self.env["kpi.appeal"].browse(
            self.sheet(cycle).with_user(self.users[login]).action_appeal(reason, **values)
        )

    def test_stages(self):
        cycle = self.cycle()
        with self.assertRaisesRegex(UserError, "stage"):
            cycle.action_close_ratings()
        self.assertTrue(cycle.has_raters and cycle.raters_owed)
        cycle.action_ask_raters()
        for deed in (cycle.action_ask_raters, cycle.action_publish, cycle.action_lock):
            with self.assertRaises(UserError):
                deed()
        for deed in ("action_ask_raters", "action_close_ratings", "action_publish"):
            with self.subTest(deed), self.assertRaises(AccessError):
                getattr(cycle.with_user(self.users["km"]), deed)()
        early = self.cycle("2026-04-10", "2026-04-15 09:00")
        for deed in (early.action_ask_raters, early.action_publish):
            with self.assertRaisesRegex(UserError, "ended"):
                deed()

    def test_nothing_is_left_out(self):
        """Neither raters, but for a reason that is kept, nor publication and appeal."""
        cycle = self.cycle()
        self.assertFalse(cycle.can_lock)
        with self.assertRaisesRegex(UserError, "publish it first"):
            cycle.action_lock()
        for reason in ("", "  ", None, ["x"]):
            with self.assertRaisesRegex(UserError, "names raters"):
                cycle.action_publish(reason)
        wizard = self.env["kpi.cycle.publish"].with_user(self.users["hr"])
        wizard.create({"cycle_id": cycle.id, "reason": UNRATED}).action_publish()
        self.assertEqual((cycle.state, cycle.unrated_reason), ("published", UNRATED))
        self.assertIn(UNRATED, cycle.message_ids[0].body)
        for values in ({"unrated_reason": "x"}, {"appeal_until": "2026-04-01"}):
            with self.assertRaises(AccessError):
                cycle.write(values)
        with self.assertRaisesRegex(UserError, "may appeal"):
            cycle.action_lock()

    def test_revision_is_published_too(self):
        """A corrected score is seen before it is final; raters are not asked again."""
        cycle = self.published()
        self.at("2026-04-30 09:00")
        cycle.action_lock()
        revision = cycle.browse(cycle.action_reopen("A figure was wrong")["res_id"])
        revision.action_compute()
        self.assertEqual(self.sheet(revision).score, self.sheet(cycle).score)
        with self.assertRaisesRegex(UserError, "publish it first"):
            revision.action_lock()
        self.assertEqual((revision.has_raters, revision.raters_owed), (True, False))
        revision.action_publish()
        self.assertFalse(revision.unrated_reason)
        self.assertTrue(self.sheet(revision).with_user(self.users["a"]).can_appeal)
        self.at("2026-05-20 09:00")
        revision.action_lock()

    def test_appeal_refused(self):
        cycle = self.published()
        self.assertEqual(cycle.appeal_until, date(2026, 4, 28))
        appeal = self.appeal(cycle)
        with self.assertRaisesRegex(UserError, "one appeal"):
            self.appeal(cycle)
        self.at("2026-04-29 09:00")
        with self.assertRaisesRegex(UserError, "wait for an answer"):
            cycle.action_lock()
        with self.assertRaises(AccessError):
            appeal.with_user(self.users["km"]).action_refuse("No")
        with self.assertRaisesRegex(UserError, "Say why"):
            appeal.with_user(self.users["hr"]).action_refuse(" ")
        appeal.with_user(self.users["hr"]).action_refuse("Fewer than three answered")
        self.assertEqual(
            (appeal.state, appeal.answered_by_id), ("refused", self.users["hr"])
        )
        with self.assertRaises(UserError):
            appeal.with_user(self.users["hr"]).action_accept("Yes")
        cycle.action_lock()
        self.assertEqual(cycle.state, "locked")
        self.assertEqual(self.sheet(cycle).snapshot["ratings"][1], ["superior", "ok", "50.00", "88.00"])

    def test_evidence_is_kept(self):
        """Neither what people were shown nor an appeal goes with the cycle, or with the role."""
        cycle = self.cycle()
        cycle.action_publish(UNRATED)
        with self.assertRaises(UserError) as refused:
            cycle.unlink()
        self.assertIn("seen their scores", str(refused.exception))
        appeal = self.env["kpi.appeal"].browse(
            self.sheet(cycle).with_user(self.users["a"]).action_appeal("An order is missing")
        )
        appeal.with_user(self.users["hr"]).action_accept("Right")
        with self.assertRaises(UserError) as refused:
            cycle.unlink()
        self.assertIn("seen their scores", str(refused.exception))
        mine = [("user_id", "=", self.users["a"].id)]
        engine(self.env["regulation.role.assignment"].search(mine)).unlink()
        self.env["crm.team.member"].search(mine).unlink()
        # However it comes that he is scored no more: the line as it stood would keep him
        stood = cycle.sudo().stood_ids.filtered(lambda row: row.user_id == self.users["a"])
        engine(stood).unlink()
        cycle.action_compute()
        self.assertEqual(appeal.state, "accepted")
        sheet = appeal.sheet_id
        self.assertEqual((sheet.has_score, sheet.score, len(sheet.line_ids)), (False, 0.0, 0))
        self.assertTrue(self.sheet(cycle, "b").line_ids)

    def test_appeal_accepted(self):
        """Back to human resources, corrected, published again; nothing is lost."""
        cycle = self.published()
        with self.assertRaisesRegex(UserError, "published"):
            cycle.action_compute()
        line = self.line(cycle, "assessment")
        appeal = self.appeal(cycle, line_id=line.id)
        self.assertEqual(appeal.indicator_id.code, "assessment")
        appeal.with_user(self.users["hr"]).action_accept("Right, computed anew")
        self.assertEqual(cycle.state, "review")
        cycle.action_compute()
        cycle.action_publish()
        self.assertEqual(self.sheet(cycle).appeal_ids, appeal)
        self.assertEqual(
            self.env["regulation.register"]
            .search(
                [
                    ("event", "in", ("scores_published", "score_appealed", "appeal_answered")),
                    ("company_id", "=", self.company.id),
                ],
                order="id",
            )
            .mapped("event"),
            ["scores_published", "score_appealed", "appeal_answered", "scores_published"],
        )

    def test_reopened(self):
        """A revision keeps the ratings: nobody is asked again because a figure was corrected."""
        cycle = self.published()
        self.at("2026-04-29 09:00")
        cycle.action_lock()
        revision = self.env["kpi.cycle"].browse(cycle.action_reopen("A figure")["res_id"])
        revision = revision.with_user(self.users["hr"])
        revision.action_compute()
        self.assertEqual(self.sheet(revision).score, self.sheet(cycle).score)
        self.assertEqual(self.ratings(revision), self.ratings(cycle))

    def test_until_the_last_day(self):
        cycle = self.published()
        with self.assertRaisesRegex(UserError, "until"):
            cycle.action_lock()
        self.at("2026-04-28 23:59")
        appeal = self.appeal(cycle)
        appeal.with_user(self.users["a"]).action_withdraw()
        self.at("2026-04-29 00:00")
        with self.assertRaisesRegex(UserError, "last day"):
            self.appeal(cycle)
        cycle.action_lock()

    def test_whose(self):
        cycle = self.published()
        for login, error in (("b", AccessError), ("km", AccessError), ("hr", AccessError)):
            with self.subTest(login), self.assertRaises(error):
                self.appeal(cycle, login)
        with self.assertRaises(UserError):
            self.appeal(cycle, reason="")
        other = self.line(cycle, "assessment", "b")
        with self.assertRaisesRegex(UserError, "not one of this sheet"):
            self.appeal(cycle, line_id=other.id)
        appeal = self.appeal(cycle)
        for login in ("a", "b", "hr", "adm"):
            for deed in (
                lambda login=login: appeal.with_user(self.users[login]).sudo().write({"state": "accepted"}),
                lambda login=login: appeal.with_user(self.users[login]).sudo().unlink(),
            ):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    deed()
        with self.assertRaises(AccessError):
            self.env["kpi.appeal"].with_user(self.users["a"]).create(
                {"sheet_id": self.sheet(cycle).id, "reason": "x", "made_at": "2026-04-01"}
            )
        self.assertFalse(self.env["kpi.appeal"].with_user(self.users["b"]).search([]))

    def test_without_raters(self):
        """A regulation that names nobody: computed, published, locked; or locked at once."""
        self.env.cr.execute("DELETE FROM kpi_rater_group WHERE profile_id = %s", [self.profile.id])
        self.env.invalidate_all()
        cycle = self.cycle()
        with self.assertRaisesRegex(UserError, "nobody who rates"):
            cycle.action_ask_raters()
        cycle = self.env["kpi.cycle"].with_user(self.users["hr"]).browse(cycle.id)
        self.assertEqual(cycle.state, "computed")
        cycle.action_publish()
        self.at("2026-04-30 09:00")
        cycle.action_lock()
        self.assertEqual(cycle.state, "locked")

    def test_improvement_plan(self):
        """Agreed on by both; then it stays, until the superior has reviewed it."""
        cycle = self.published()
        sheet = self.sheet(cycle)
        plan = (
            self.env["kpi.development.plan"]
            .with_user(self.users["km"])
            .create(
                {
                    "sheet_id": sheet.id,
                    "goal": "Visit records on the same day",
                    "measures": "Record in the car park",
                    "review_on": "2026-06-30",
                }
            )
        )
        plan.action_agree()
        with self.assertRaisesRegex(UserError, "stays"):
            plan.goal = "Something else"
        with self.assertRaises(AccessError):
            plan.with_user(self.users["b"]).action_agree()
        plan.with_user(self.users["a"]).action_agree()
        self.assertEqual(plan.state, "agreed")
        # When they agreed stays
        for login in ("a", "km"):
            with self.subTest(login), self.assertRaisesRegex(UserError, "already"):
                plan.with_user(self.users[login]).action_agree()
        with self.assertRaises(UserError):
            plan.action_reviewed()
        plan.result = "Done in time since May"
        mine = plan.with_user(self.users["a"])
        with self.assertRaises(AccessError):
            mine.result = "Better than anybody"
        with self.assertRaises(AccessError):
            mine.create(
                {
                    "sheet_id": sheet.id,
                    "goal": "x",
                    "review_on": "2026-06-30",
                    "result": "Better than anybody",
                }
            )
        with self.assertRaises(AccessError):
            mine.action_reviewed()
        plan.action_reviewed()
        self.assertEqual(plan.state, "done")
        for who in (mine, plan, plan.sudo()):
            with self.assertRaises(UserError):
                who.result = "Once more"
        self.assertEqual(plan.result, "Done in time since May")
        with self.assertRaises(AccessError):
            self.env["kpi.development.plan"].with_user(self.users["b"]).create(
                {"sheet_id": sheet.id, "goal": "x", "review_on": "2026-06-30"}
            )


@tagged("post_install", "-at_install")
class TestAppealOfATeam(AssessmentCommon):
    """The regulation of a team says how long its people may appeal: the version that judged them."""

    @classmethod
    def _scored_profile(cls, **values):
        return super()._scored_profile(assign={"team_id": cls.teams["ka"].id}, **values)

    def test_days(self):
        cycle = self.cycle()
        action = self.profile.with_user(self.users["adm"]).action_new_version()
        draft = self.env["regulation.profile"].browse(action["res_id"])
        draft.write({"appeal_days": 1, "date_from": "2026-04-01"})
        draft.with_user(self.users["gm"]).action_publish()
        cycle.action_publish(UNRATED)
        self.assertEqual(cycle.appeal_until, date(2026, 4, 8))
        april = self.cycle(day="2026-04-30", at="2026-05-04 09:00")
        april.action_publish(UNRATED)
        self.assertEqual(april.appeal_until, date(2026, 5, 5))


@tagged("post_install", "-at_install")
class TestCustomerRating(AssessmentCommon, HttpCase):
    """A customer rates by the link he got, once."""

    def test_page_in_his_language(self):
        """Invitation and page speak the language of the customer, dates in its format."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["sales_kpi"], ["zh_CN"])
        self.customers["xinghai"].write({"email": "lin@xinghai.example", "lang": "zh_CN"})
        self.sell("a", 1000.0)
        request = self.request(self.asked(), "a", "customer")
        mail = self.env["mail.mail"].search([("recipient_ids", "in", request.partner_id.ids)])
        self.assertIn("尊敬的客户", mail.body_html)
        self.assertIn(
            format_date(self.env, request.due_on, lang_code="zh_CN"), mail.body_html
        )
        [path] = re.findall(rf"/score/rate/{request.id}/[\w-]+", mail.body_html)
        self.env.flush_all()
        page = self.url_open(path)
        self.assertIn("发送", page.text)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        wrong = self.url_open(path, data={"csrf_token": token, "value": "200"})
        self.assertNotIn("A rating is", wrong.text)
        self.assertIn("0", wrong.text)

    def test_page(self):
        self.customers["xinghai"].email = "lin@xinghai.example"
        self.sell("a", 1000.0)
        cycle = self.asked()
        request = self.request(cycle, "a", "customer")
        self.assertEqual(request.partner_id, self.customers["xinghai"])
        mail = self.env["mail.mail"].search([("recipient_ids", "in", request.partner_id.ids)])
        [path] = re.findall(rf"/score/rate/{request.id}/[\w-]+", mail.body_html)
        # Who reads the row cannot answer for the customer, nor who has asked him
        self.assertNotIn(request.token_digest, path)
        for login in ("hr", "a", "adm"):
            messages = self.env["mail.message"].with_user(self.users[login])
            said = messages.search([("body", "like", "/score/rate/")])
            self.assertFalse(said, login)
        self.assertEqual(
            self.url_open(f"/score/rate/{request.id}/{request.token_digest}").status_code, 404
        )
        self.env.flush_all()
        page = self.url_open(path)
        self.assertIn("Wang Fang", page.text)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        wrong = self.url_open(path, data={"csrf_token": token, "value": "200"})
        self.assertIn("0 to 100", wrong.text)
        self.url_open(path, data={"csrf_token": token, "value": "80", "comment": "Good"})
        again = self.url_open(path, data={"csrf_token": token, "value": "10"})
        self.assertIn("Thank you", again.text)
        self.env.invalidate_all()
        answers = self.env["kpi.rating.answer"].sudo().search([("cycle_id", "=", cycle.id)])
        self.assertEqual((answers.value, answers.kind), (80.0, "customer"))
        self.assertEqual(self.url_open(path[:-3] + "xxx").status_code, 404)
        self.assertEqual(self.url_open(f"/score/rate/{request.id + 999}/x").status_code, 404)
