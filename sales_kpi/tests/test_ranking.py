# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .common import KpiCommon

RATINGS = {"a": 86.4, "b": 84.0, "t": 91.28}


class RankingCommon(KpiCommon):
    """A, B and T are scored by one rating."""

    scheme_lines = (("assessment", {"weight": 100, "target_source": "none"}),)
    ranking = {}

    @classmethod
    def _scored_profile(cls, **values):
        profile = super()._scored_profile(**cls.ranking, **values)
        profile.scheme_ids.role_id = False  # for everybody in a sales team
        return profile

    def rate(self, day="2026-03-31", **ratings):
        self.env["kpi.manual.value"].with_user(self.users["hr"]).create(
            [
                {
                    "indicator_id": self._indicator("assessment").id,
                    "user_id": self.users[login].id,
                    "date": day,
                    "value": value,
                    "source": "Assessment",
                    "company_id": self.company.id,
                }
                for login, value in ratings.items()
            ]
        )

    def published(self, **ratings):
        self.at("2026-04-01 08:00")
        self.rate(**(ratings or RATINGS))
        cycle = self.cycle()
        cycle.action_publish()
        return cycle

    def lines(self, login=None):
        Line = self.env["kpi.ranking.line"]
        return (Line.with_user(self.users[login]) if login else Line.sudo()).search(
            [("company_id", "=", self.company.id)]
        )

    def seen(self, login=None):
        """[(position, login, score)] as somebody reads them."""
        return sorted(
            (row["position"], self._login(row["user_id"][0]), row["score"])
            for row in self.lines(login).read(["position", "user_id", "score"])
        )

    def _login(self, user_id):
        return self.env["res.users"].sudo().browse(user_id).login.removeprefix("reg_")


@tagged("post_install", "-at_install")
class TestRankingTeam(RankingCommon):
    """C49, S0-19: the regulation publishes positions and scores in the team."""

    ranking = {"ranking_shown": "all", "ranking_scope": "team"}

    def test_who(self):
        """The ranked and who leads them; HR and auditors all; nobody else, whatever his group."""
        self.published()
        ka = [(1, "a", 86.4), (2, "b", 84.0)]
        tele = [(1, "t", 91.28)]
        for login, rows in (
            ("a", ka),
            ("b", ka),
            ("km", ka),
            ("rm", ka),
            ("dgm", ka),
            ("t", tele),
            ("tm", tele),
            ("sgm", tele),
            ("gm", sorted(ka + tele)),
            ("hr", sorted(ka + tele)),
            ("aud", sorted(ka + tele)),
            ("fin", []),
            ("wh", []),
            ("clk", []),
            ("adm", []),
        ):
            self.assertEqual(self.seen(login), rows, login)
            rankings = self.env["kpi.ranking"].with_user(self.users[login]).search(
                [("company_id", "=", self.company.id)]
            )
            self.assertEqual(rankings, self.lines(login).ranking_id, login)

    def test_channels(self):
        """From the position of a colleague nothing leads to what it is made of."""
        cycle = self.published()
        sheet = self.sheet(cycle)
        line = self.lines().filtered(lambda one: one.user_id == self.users["a"])
        theirs = line.with_user(self.users["b"])
        Line = theirs.browse()
        self.assertEqual(theirs.read(["score"])[0]["score"], 86.4)
        self.assertEqual(Line.name_search("Wang"), [(line.id, "Wang Fang: 1 of 2")])
        for call in (
            lambda: theirs.read(["sheet_id"]),
            lambda: theirs.sheet_id,
            lambda: Line.search([("sheet_id", "=", sheet.id)]),
            lambda: Line.search([("sheet_id.score", ">", 0)]),
            lambda: Line.search([], order="sheet_id"),
            lambda: Line.formatted_read_group([], ["sheet_id"], ["__count"]),
            lambda: Line.formatted_read_group([], [], ["sheet_id:count_distinct"]),
            lambda: Line.search([("ranking_id.audience_ids", "in", self.users["km"].ids)]),
            lambda: theirs.ranking_id.read(["audience_ids"]),
            lambda: theirs.export_data(["sheet_id/score"]),
            lambda: theirs.action_open_sheet(),
            lambda: sheet.with_user(self.users["b"]).read(["score"]),
            lambda: sheet.line_ids.with_user(self.users["b"]).read(["actual"]),
            lambda: self.env["ir.actions.report"]
            .with_user(self.users["b"])
            ._render_qweb_html("sales_kpi.kpi_sheet_report", sheet.ids),
        ):
            with self.assertRaises(UserError):
                call()
        mine = self.env["kpi.sheet"].with_user(self.users["b"])
        self.assertFalse(mine.search([("user_id", "=", self.users["a"].id)]))
        self.assertFalse(mine.name_search("Wang"))
        self.assertEqual(
            theirs.ranking_id.cycle_id.sheet_ids.user_id, self.users["b"], "by way of the cycle"
        )
        groups = self.env["kpi.sheet.line"].with_user(self.users["b"])._read_group(
            [], ["user_id"], ["actual:sum"]
        )
        self.assertEqual({user for user, _sum in groups}, {self.users["b"]})
        about = [("model", "in", ("kpi.sheet", "kpi.ranking")), ("res_id", "=", sheet.id)]
        self.assertFalse(self.env["mail.message"].with_user(self.users["b"]).search(about))
        self.assertNotIn("sheet_id", Line.fields_get())

    def test_leader_opens(self):
        """Who leads opens the sheet; one's own opens too."""
        cycle = self.published()
        line = self.lines().filtered(lambda one: one.user_id == self.users["a"])
        for login in ("a", "km", "hr"):
            action = line.with_user(self.users[login]).action_open_sheet()
            self.assertEqual(action["res_id"], self.sheet(cycle).id)

    def test_own_sheet_says(self):
        cycle = self.published()
        self.assertEqual(self.sheet(cycle, "b").with_user(self.users["b"]).ranking_text, "2 of 2")

    def test_nothing_before(self):
        """While the period runs, and until they are published, scores are not ranked."""
        self.at("2026-03-20 08:00")
        self.rate(**RATINGS)
        cycle = self.cycle(at="2026-03-20 09:00")
        self.assertFalse(cycle.sudo().ranking_ids)
        self.at("2026-04-01 09:00")
        cycle.action_compute()
        self.assertFalse(cycle.sudo().ranking_ids)
        self.assertFalse(self.sheet(cycle).with_user(self.users["a"]).ranking_text)

    def test_written_by_nobody(self):
        """Rankings are evidence: no client writes them, the superuser neither."""
        cycle = self.published()
        line = self.lines()[0]
        ranking = line.ranking_id
        for user in ("a", "km", "hr", "gm", "adm", None):
            env = line.with_user(self.users[user]).env if user else line.sudo().env
            for call in (
                lambda env=env: line.with_env(env).write({"position": 1, "score": 100}),
                lambda env=env: line.with_env(env).unlink(),
                lambda env=env: ranking.with_env(env).write({"shown": "all"}),
                lambda env=env: ranking.with_env(env).unlink(),
                lambda env=env: env["kpi.ranking"].create({"cycle_id": cycle.id, "shown": "all"}),
                lambda env=env: env["kpi.ranking.line"].create(
                    {
                        "ranking_id": ranking.id,
                        "user_id": self.users["km"].id,
                        "sheet_id": self.sheet(cycle).id,
                    }
                ),
                lambda env=env: cycle.with_env(env).write(
                    {"ranking_ids": [Command.create({"shown": "all"})]}
                ),
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_appeal_and_revision(self):
        """An accepted appeal takes the ranking back; a locked one stays with its revision."""
        cycle = self.published()
        appeal = self.sheet(cycle, "b").with_user(self.users["b"]).action_appeal("An order is missing")
        self.env["kpi.appeal"].with_user(self.users["hr"]).browse(appeal).action_accept("Right")
        self.assertEqual((cycle.state, self.seen()), ("review", []))
        self.env["kpi.manual.value"].search([("user_id", "=", self.users["b"].id)]).with_user(
            self.users["hr"]
        ).value = 90
        cycle.action_compute()
        cycle.action_publish()
        self.assertEqual(self.seen("a"), [(1, "b", 90.0), (2, "a", 86.4)])
        self.at("2026-04-20 09:00")
        cycle.action_lock()
        locked = self.lines()
        self.assertEqual(len(locked), 3)
        with self.assertRaises(AccessError):
            engine(locked[0].sudo()).write({"position": 9})
        with self.assertRaises(AccessError):
            engine(locked.ranking_id.sudo()).unlink()
        revision = self.env["kpi.cycle"].with_user(self.users["hr"]).browse(
            cycle.action_reopen("A refund")["res_id"]
        )
        revision.action_compute()
        self.assertEqual(self.lines(), locked)
        self.assertFalse(any(locked.mapped("is_latest")))
        revision.action_publish()
        self.assertEqual(len(self.lines()), 6)
        self.assertEqual(set(self.lines().filtered("is_latest").mapped("date_from")), {cycle.date_from})

    def test_locked_at_once(self):
        """Scores that are locked without publication are ranked then; a forged position shows."""
        self.at("2026-04-01 08:00")
        self.rate(**RATINGS)
        cycle = self.cycle()
        cycle.action_lock()
        self.assertEqual(self.seen("b"), [(1, "a", 86.4), (2, "b", 84.0)])
        cycle.action_verify()
        line = self.lines("b")[0]
        self.env.cr.execute("UPDATE kpi_ranking_line SET score = 99 WHERE id = %s", [line.id])
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            cycle.action_verify()

    def test_companies(self):
        """What another company publishes is not seen, even by whom it names."""
        self.published()
        other = self.env["res.company"].create({"name": "Another Company"})
        cycle = engine(self.env["kpi.cycle"].sudo()).create(
            {"company_id": other.id, "day": "2026-03-31"}
        )
        ranking = engine(self.env["kpi.ranking"].sudo()).create(
            {
                "cycle_id": cycle.id,
                "shown": "all",
                "people": 1,
                "audience_ids": [Command.set(self.users["a"].ids)],
                "line_ids": [
                    Command.create(
                        {"user_id": self.users["a"].id, "position": 1, "score": 1, "is_open": True}
                    )
                ],
            }
        )
        for login in ("a", "hr", "gm", "aud"):
            mine = ranking.line_ids.with_user(self.users[login])
            self.assertFalse(mine.search([("id", "in", mine.ids)]), login)
            with self.assertRaises(AccessError):
                mine.read(["score"])
            with self.assertRaises(AccessError):
                ranking.with_user(self.users[login]).read(["people"])


@tagged("post_install", "-at_install")
class TestRankingCompany(RankingCommon):
    """C49: of the company; who is level shares a position; no score, no position."""

    ranking = {"ranking_shown": "all", "ranking_scope": "company"}

    def test_ties(self):
        self.published(a=86.4, b=91.28, t=91.28)
        rows = [(1, "b", 91.28), (1, "t", 91.28), (3, "a", 86.4)]
        for login in ("a", "b", "t", "km", "tm", "gm", "hr"):
            self.assertEqual(self.seen(login), rows, login)
        self.assertFalse(self.lines().team_id)

    def test_no_score(self):
        """Nobody is ranked last for want of data, and a mean of scores leaves him out."""
        cycle = self.published(a=86.4, b=84.0)
        self.assertEqual(self.seen("t"), [])
        self.assertEqual(self.seen("a"), [(1, "a", 86.4), (2, "b", 84.0)])
        self.assertFalse(self.sheet(cycle, "t").has_score)
        self.assertEqual(cycle.average, 85.2)
        groups = self.env["kpi.sheet"].with_user(self.users["hr"]).formatted_read_group(
            [("cycle_id", "=", cycle.id)], ["team_id"], ["score:avg"]
        )
        self.assertEqual(
            {group["score:avg"] for group in groups},
            {85.2, False},
            "the mean of two, and none of the team without a score",
        )


@tagged("post_install", "-at_install")
class TestRankingOwn(RankingCommon):
    """C49: everybody his own position, and the number of people."""

    ranking = {"ranking_shown": "own", "ranking_scope": "company"}

    def test_own(self):
        self.published()
        for login, rows in (
            ("a", [(2, "a", 86.4)]),
            ("b", [(3, "b", 84.0)]),
            ("t", [(1, "t", 91.28)]),
            ("km", [(2, "a", 86.4), (3, "b", 84.0)]),
            ("tm", [(1, "t", 91.28)]),
            ("fin", []),
        ):
            self.assertEqual(self.seen(login), rows, login)
        self.env.invalidate_all()
        mine = self.lines("b")
        self.assertEqual(mine.display_name, "Li Qiang: 3 of 3")
        self.assertEqual(mine.ranking_id.line_ids, mine)
        groups = mine._read_group([], ["ranking_id"], ["__count", "score:avg"])
        self.assertEqual([(count, score) for _one, count, score in groups], [(1, 84.0)])


@tagged("post_install", "-at_install")
class TestRankingNone(RankingCommon):
    """C49: a regulation that publishes no ranking has none; a published one is not edited."""

    def test_none(self):
        cycle = self.published()
        self.assertFalse(cycle.sudo().ranking_ids)
        self.assertFalse(self.lines())
        with self.assertRaises(UserError):
            self.profile.with_user(self.users["gm"]).write({"ranking_shown": "all"})
        with self.assertRaises(UserError):
            self.profile.with_user(self.users["hr"]).write({"ranking_shown": "all"})


@tagged("post_install", "-at_install")
class TestRankingLabels(RankingCommon):
    """C49: the form of the regulation knows every choice in the language of its reader."""

    def test_choices(self):
        profile = self.env["regulation.profile"].with_user(self.users["gm"]).with_context(lang="en_US")
        for model, name, values in (
            (profile, "ranking_shown", ["none", "own", "all"]),
            (profile, "ranking_scope", ["team", "company"]),
            (profile.env["kpi.ranking"], "shown", ["own", "all"]),
        ):
            labels = model.fields_get([name])[name]["selection"]
            self.assertEqual([value for value, _label in labels], values)


@tagged("post_install", "-at_install")
class TestDirector(RankingCommon):
    """C49: the director sees the scores of his company, whoever reports to whom."""

    def test_without_superior(self):
        self.env["hr.employee"].search([("user_id", "=", self.users["t"].id)]).parent_id = False
        cycle = self.published()
        seen = self.env["kpi.sheet"].with_user(self.users["gm"]).search([("cycle_id", "=", cycle.id)])
        self.assertEqual(set(seen.user_id.mapped("login")), {"reg_a", "reg_b", "reg_t"})
        dgm = self.env["kpi.sheet"].with_user(self.users["dgm"]).search([("cycle_id", "=", cycle.id)])
        self.assertEqual(set(dgm.user_id.mapped("login")), {"reg_a", "reg_b"})
