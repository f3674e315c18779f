# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io
import re
import shutil

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, tagged
from odoo.tools.pdf import PdfReader

from odoo.addons.sales_regulation.tools import engine

from .test_assessment import AssessmentCommon

#: criteria of superior, colleagues and customers
CRITERIA = (("Attitude", 60), ("Cooperation", 40))


class CriteriaCommon(AssessmentCommon):
    """Superior, colleagues and customers rate attitude (60 %) and cooperation (40 %)."""

    @classmethod
    def _scored_profile(cls, **values):
        profile = super()._scored_profile(**values)
        for group in profile.rater_group_ids.filtered(lambda one: one.kind != "self"):
            group.criterion_ids = [
                Command.create({"name": name, "weight": weight}) for name, weight in CRITERIA
            ]
        return profile

    def marks(self, request, *figures):
        return {
            str(one.id): figure
            for one, figure in zip(request.sudo()._criteria(), figures, strict=True)
        }

    def mark(self, cycle, about, kind, rater, *figures, comment=""):
        request = self.request(cycle, about, kind, rater)
        return request.with_user(self.users[rater]).action_rate(
            comment=comment, marks=self.marks(request, *figures)
        )

    def marked(self, cycle, peers=((90, 80), (70, 60), (80, 100))):
        """Superior 90/80, colleagues; the ratings are closed."""
        self.mark(cycle, "a", "superior", "km", 90, 80)
        for login, figures in zip(("b", "clk", "wh"), peers, strict=False):
            self.mark(cycle, "a", "peer", login, *figures)
        self.at("2026-04-20 09:00")
        cycle.action_close_ratings()

    def criteria(self, cycle, login="a"):
        return {
            (one.kind, one.name): (one.value, one.weight, one.part)
            for one in self.sheet(cycle, login).criterion_ids
        }


@tagged("post_install", "-at_install")
class TestCriteria(CriteriaCommon):
    """C44, S0-54: a figure for each criterion; the rating is their sum by weight."""

    def test_weighed(self):
        """Superior 90 x 60 % + 80 x 40 % = 86; colleagues 86, 66, 88, mean 80."""
        cycle = self.asked()
        self.marked(cycle)
        self.assertEqual(self.request(cycle, "a", "superior").value, 86.0)
        self.assertEqual(self.ratings(cycle)["superior"][0], 86.0)
        self.assertEqual(self.ratings(cycle)["peer"][0], 80.0)
        self.assertEqual(
            self.criteria(cycle),
            {
                ("superior", "Attitude"): (90.0, 60.0, 54.0),
                ("superior", "Cooperation"): (80.0, 40.0, 32.0),
                ("peer", "Attitude"): (80.0, 60.0, 48.0),
                ("peer", "Cooperation"): (80.0, 40.0, 32.0),
            },
        )
        # (86 x 50 + 80 x 20) / 70
        self.assertEqual(self.sheet(cycle).score, 84.29)
        text = self.request(cycle, "a", "superior").with_user(self.users["hr"]).marks_text
        self.assertEqual(text, "Attitude 90, Cooperation 80")

    def test_fewer_than_three(self):
        """A group that is not shown shows no criterion either."""
        cycle = self.asked()
        self.marked(cycle, ((10, 20), (20, 10)))
        self.assertEqual(self.ratings(cycle)["peer"], (0.0, 0.0, "few"))
        self.assertEqual({kind for kind, _name in self.criteria(cycle)}, {"superior"})

    def test_no_trace(self):
        """Of an anonymous rater neither the request nor a row says which figures are his."""
        cycle = self.asked()
        self.mark(cycle, "a", "peer", "b", 10, 20)
        asked = self.request(cycle, "a", "peer", "b")
        self.assertFalse(asked.marks or asked.value or asked.marks_text)
        [answer] = self.env["kpi.rating.answer"].sudo().search([("cycle_id", "=", cycle.id)])
        self.assertEqual(sorted(answer.marks.values()), [10, 20])
        self.assertEqual(answer.value, 14.0)
        self.assertFalse({"rater_id", "create_uid", "create_date"} & set(answer._fields))
        self.assertFalse(self.env["kpi.rating.give.mark"].sudo().search([("value", "=", 10)]))

    def test_printed(self):
        """HR prints it with what raters say when ratings are closed, others when it is published."""
        cycle = self.asked()
        self.marked(cycle)
        self.assertIn("Attitude", self.printed(cycle, "hr"))
        cycle.action_publish()
        for login in ("a", "km", "aud"):
            self.assertIn("Attitude", self.printed(cycle, login), login)

    def printed(self, cycle, login):
        self.env.invalidate_all()
        report = self.env["ir.actions.report"].with_user(self.users[login])
        sheet = self.sheet(cycle)
        return report._render_qweb_html("sales_kpi.kpi_sheet_report", sheet.ids)[0].decode()

    def test_all_or_nothing(self):
        """A figure for each criterion, from 0 to 100, and for nothing else."""
        cycle = self.asked()
        request = self.request(cycle, "a", "superior")
        first, second = self.marks(request, 1, 2)
        mine = request.with_user(self.users["km"])
        for value, marks, error in (
            (90, None, "Attitude, Cooperation"),
            (None, {}, "Attitude, Cooperation"),
            (None, {first: 90}, "Attitude, Cooperation"),
            (None, {first: 90, second: 80, "0": 1}, "Attitude, Cooperation"),
            (None, [90, 80], "Attitude, Cooperation"),
            (None, {first: 90, second: 101}, "0 to 100"),
            (None, {first: 90, second: -1}, "0 to 100"),
            (None, {first: 90, second: True}, "0 to 100"),
            (None, {first: 90, second: "80"}, "0 to 100"),
            (None, {first: 90, second: None}, "0 to 100"),
        ):
            with self.subTest(marks), self.assertRaisesRegex(UserError, error):
                mine.action_rate(value, "", marks)
        self.assertEqual(request.state, "open")
        own = self.request(cycle, "a", "self").with_user(self.users["a"])
        self.assertEqual(own.get_criteria(), [])
        with self.assertRaisesRegex(UserError, "One figure"):
            own.action_rate(95, "", {first: 95})
        own.action_rate(95)
        with self.assertRaises(AccessError):
            request.with_user(self.users["a"]).get_criteria()

    def test_dialog(self):
        """The dialog shows a row for each criterion, to people without rights on the regulation."""
        cycle = self.asked()
        for login, about in (("km", "superior"), ("wh", "peer")):
            request = self.request(cycle, "a", about, login).with_user(self.users[login])
            action = request.action_open_rating()
            form = Form(self.env[action["res_model"]].with_user(self.users[login]).with_context(action["context"]))
            self.assertEqual(len(form.mark_ids), 2)
            for index, value in enumerate((70, 95)):
                with form.mark_ids.edit(index) as mark:
                    mark.value = value
            form.save().action_hand_in()
            self.assertEqual(request.state, "done")
        self.assertEqual(self.request(cycle, "a", "superior").value, 80.0)
        self.assertFalse(self.env["kpi.rating.give.mark"].sudo().search([]))

    def test_published_with_100(self):
        profile = self._profile(publish=False)
        profile.rater_group_ids = [
            Command.create(
                {
                    "kind": "superior",
                    "weight": 100,
                    "criterion_ids": [
                        Command.create({"name": "Attitude", "weight": 60}),
                        Command.create({"name": "Cooperation", "weight": 30}),
                    ],
                }
            )
        ]
        with self.assertRaisesRegex(UserError, "criteria of Superior add up to 90"):
            profile.with_user(self.users["gm"])._publish("active")
        self.assertEqual(profile.rater_group_ids.criteria_total, 90.0)
        copied = profile.copy({"version": "2"}).rater_group_ids.criterion_ids
        self.assertEqual(copied.mapped("name"), ["Attitude", "Cooperation"])

    def test_fixed_in_force(self):
        """Criteria are part of the regulation: fixed when it is published."""
        criterion = self.profile.rater_group_ids.criterion_ids[0]
        for login in ("hr", "gm", "adm"):
            with self.subTest(login), self.assertRaises(UserError):
                criterion.with_user(self.users[login]).write({"weight": 50})

    def test_who_sees(self):
        """Before publication HR alone, then the person and his superiors; nobody else."""
        cycle = self.asked()
        self.marked(cycle)

        def seen(login):
            Criterion = self.env["kpi.sheet.criterion"].with_user(self.users[login])
            return bool(Criterion.search([("sheet_id", "=", self.sheet(cycle).id)]))

        logins = ("a", "b", "km", "hr", "wh")
        self.assertEqual([seen(one) for one in logins], [False, False, False, True, False])
        cycle.action_publish()
        self.assertEqual([seen(one) for one in logins], [True, False, True, True, False])

    def test_locked_with_them(self):
        """The fingerprint covers them."""
        cycle = self.asked()
        self.marked(cycle)
        cycle.action_publish()
        self.at("2026-05-20 09:00")
        cycle.action_lock()
        cycle.action_verify()
        row = self.sheet(cycle).criterion_ids[0]
        self.env.flush_all()
        self.env.cr.execute("UPDATE kpi_sheet_criterion SET value = 1 WHERE id = %s", [row.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "differ"):
            cycle.action_verify()

    def test_shipped(self):
        """S0 names attitude and cooperation; their weights are ours and make 100."""
        groups = self.env.ref("sales_regulation.profile_s0").rater_group_ids
        self.assertEqual({group.criteria_total for group in groups}, {100.0})
        groups._check_criteria()

    def test_without_criteria(self):
        """Everything stays as it is."""
        engine(self.profile.rater_group_ids.criterion_ids).unlink()
        cycle = self.asked()
        self.rated(cycle)
        self.assertEqual(self.ratings(cycle)["peer"][0], 92.0)
        self.assertFalse(self.sheet(cycle).criterion_ids)


@tagged("post_install", "-at_install")
class TestCustomerCriteria(CriteriaCommon, HttpCase):
    """The page of a customer asks for each criterion."""

    def test_page(self):
        self.customers["xinghai"].email = "lin@xinghai.example"
        self.sell("a", 1000.0)
        cycle = self.asked()
        request = self.request(cycle, "a", "customer")
        mail = self.env["mail.mail"].search([("recipient_ids", "in", request.partner_id.ids)])
        [path] = re.findall(rf"/score/rate/{request.id}/[\w-]+", mail.body_html)
        first, second = (one.id for one in request.sudo()._criteria())
        self.env.flush_all()
        page = self.url_open(path)
        for text in ("Attitude", "Cooperation", f'name="criterion_{first}"'):
            self.assertIn(text, page.text)
        self.assertNotIn('name="value"', page.text)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        for figures in ({"value": "90"}, {f"criterion_{first}": "90"}, {f"criterion_{first}": "90", f"criterion_{second}": "101"}):
            wrong = self.url_open(path, data={"csrf_token": token, **figures})
            self.assertIn("0 to 100", wrong.text)
            self.assertNotIn("Thank you", wrong.text)
        done = self.url_open(
            path,
            data={"csrf_token": token, f"criterion_{first}": "90", f"criterion_{second}": "80"},
        )
        self.assertIn("Thank you", done.text)
        self.env.invalidate_all()
        answer = self.env["kpi.rating.answer"].sudo().search([("cycle_id", "=", cycle.id)])
        self.assertEqual((answer.value, answer.marks), (86.0, {str(first): 90.0, str(second): 80.0}))


@tagged("post_install", "-at_install")
class TestSheetPrinted(CriteriaCommon, HttpCase):
    """C42, C44: what a score is made of is on paper: weights, ratings, criteria, the appeal."""

    def test_pdf(self):
        if not shutil.which("wkhtmltopdf"):
            self.skipTest("wkhtmltopdf is not installed")
        cycle = self.asked()
        self.marked(cycle)
        self.at("2026-04-21 09:00")
        cycle.action_publish()
        sheet = self.sheet(cycle)
        appeal = self.env["kpi.appeal"].browse(
            sheet.with_user(self.users["a"]).action_appeal("My customers were not asked")
        )
        appeal.with_user(self.users["hr"]).action_refuse("None of them has an address")
        self.authenticate(self.users["a"].login, self.users["a"].login)
        # Tests print HTML unless they ask for the real thing
        page = self.url_open(
            f"/report/pdf/sales_kpi.kpi_sheet_report/{sheet.id}"
            '?context={"force_report_rendering":true}'
        )
        self.assertEqual(page.headers["Content-Type"], "application/pdf")
        pages = PdfReader(io.BytesIO(page.content)).pages
        text = " ".join(" ".join(page.extract_text() for page in pages).split())
        for words in (
            # the score, its line with its weight
            *("84.29", "Qualitative", "100.00 %"),
            # superior 86 of 50 %, which count as 71.43 %; colleagues 80 of 20 %
            *("Superior", "50.00 71.43 86.00", "Colleagues", "20.00 28.57 80.00"),
            *("Attitude 60.00 90.00", "Cooperation 40.00 80.00", "Too few answers"),
            *("My customers were not asked", "None of them has an address", "Refused"),
        ):
            self.assertIn(words, text)
