# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json
from collections import Counter
from datetime import date, datetime

from odoo import Command, api
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_assessment import AssessmentCommon

#: who has nothing to do with the score of A: peer, another team and its leaders, other offices,
#: the administrator of the regulation, human resources of a sister company
STRANGERS = ("b", "t", "tm", "sgm", "clk", "wh", "leg", "adm", "rival", "fin")
#: who may see it
INSIDERS = ("a", "km", "rm", "gm", "hr", "aud")
#: what finance may see of somebody: what he is paid, and how it comes about
OF_FINANCE = ("kpi.bonus.line", "kpi.bonus.sheet", "kpi.commission")
#: models that hold something about a person
ABOUT_PEOPLE = (
    *("kpi.cycle", "kpi.sheet", "kpi.sheet.line", "kpi.sheet.rating", "kpi.appeal"),
    *("kpi.rating.request", "kpi.rating.answer", "kpi.development.plan", "kpi.manual.value"),
    *("kpi.target", "kpi.bonus.sheet", "kpi.bonus.line", "kpi.commission", "kpi.trial"),
    *("kpi.trial.line", "kpi.conduct.event", "kpi.sheet.member", "kpi.sheet.criterion"),
    "kpi.quota.day",
    *("kpi.cycle.line", "kpi.ranking", "kpi.ranking.line", "kpi.cockpit", "kpi.sales.report"),
)
WORDS = ("NeedleReason", "NeedleAnswer", "NeedleGoal", "NeedleComment", "NeedleSource", "NeedleNote")
NUMBER = ("float", "monetary", "integer")


@tagged("post_install", "-at_install")
class TestLeaks(AssessmentCommon):
    """Invariant 8 for scores: no channel tells a colleague's score, part of it, or his bonus.

    Everything about A is an unusual figure or word, so that it is found wherever it turns up;
    the same calls show it to whom it is meant for.
    """

    scheme_lines = (
        ("assessment", {"weight": 40, "target_source": "none"}),
        ("team_work", {"weight": 30, "target_source": "none"}),
        ("sales_amount", {"weight": 30}),
    )

    @classmethod
    def _scored_profile(cls, **values):
        return super()._scored_profile(
            appeal_days=5,
            bonus_scheme_ids=[
                Command.create({"name": "Pool", "mode": "pool", "percent": 7}),
                Command.create({"name": "Commission", "mode": "commission", "percent": 3.7}),
            ],
            **values,
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sister = cls.env["res.company"].create({"name": "Sister", "currency_id": cls.cny.id})
        cls.users["rival"] = new_test_user(
            cls.env,
            login="reg_rival",
            groups="hr.group_hr_user,sales_regulation.group_regulation_user",
            company_id=cls.sister.id,
            company_ids=[Command.set(cls.sister.ids)],
            context={"no_reset_password": True},
        )
        cls.env["regulation.role.assignment"].create(
            {
                "role_id": cls.roles["hr"].id,
                "company_id": cls.sister.id,
                "user_id": cls.users["rival"].id,
                "date_from": date(2020, 1, 1),
            }
        )

    def prepare(self):
        super().prepare()
        self.env = self.env(context={**self.env.context, "tracking_disable": False})
        hr = self.users["hr"]
        self.target("a", "sales_amount", 9876.54)
        entered = self.env["kpi.manual.value"].with_user(hr).create(
            {
                "indicator_id": self._indicator("team_work").id,
                "user_id": self.users["a"].id,
                "date": "2026-03-31",
                "value": 12.12,
                "source": "NeedleSource",
                "company_id": self.company.id,
            }
        )
        self.commits()  # of what is made in a transaction no change is followed in it
        entered.value = 73.19
        self.commits()
        entered.copy({"user_id": self.users["b"].id, "value": 50, "source": "Meeting"})
        self.target("b", "sales_amount", 1000)
        order = self.sell("a", 4321.09)
        self.bill(order, "2026-03-20")
        self.bill(self.sell("b", 100.0), "2026-03-20")
        self.commission(order)
        self.scores = self.asked()
        self.rate(self.scores, "a", "superior", "km", 58.83, "NeedleComment")
        for login, value in (("b", 61.17), ("clk", 61.27), ("wh", 61.37)):
            self.rate(self.scores, "a", "peer", login, value, "NeedleComment")
        self.at("2026-04-20 09:00")
        self.scores.action_close_ratings()
        self.scores.action_publish()
        self.mine = self.sheet(self.scores)
        appeal = self.mine.with_user(self.users["a"]).action_appeal("NeedleReason")
        self.env["kpi.appeal"].browse(appeal).with_user(hr).action_refuse("NeedleAnswer")
        self.plan = self.env["kpi.development.plan"].with_user(self.users["km"]).create(
            {"sheet_id": self.mine.id, "goal": "NeedleGoal", "review_on": "2026-06-01"}
        )
        self.plan.message_post(body="NeedleNote")
        self.plan.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.users["km"].id, summary="NeedleNote"
        )
        self.at("2026-05-10 09:00")
        self.scores.action_lock()
        self.bonus = self.env["kpi.bonus.sheet"].with_user(hr).create(
            {"day": "2026-03-31", "company_id": self.company.id}
        )
        self.bonus.action_compute()
        self.bonus.line_ids.filtered(
            lambda one: one.user_id == self.users["a"] and one.mode == "pool"
        ).write({"adjustment": -13.37, "adjust_reason": "NeedleReason"})
        self.bonus.action_submit()
        approval = self.bonus.sudo().approval_ids
        approval.with_user(self.users["fin"]).action_approve()
        self.env.flush_all()
        self.needles = self.find_needles()

    def commits(self):
        """What the chatter does before a commit."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def commission(self, order):
        self.at("2026-03-21 10:00")
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": order.partner_id.id,
                "amount": 111.11,
                "journal_id": self.env["account.journal"]
                .search([("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1)
                .id,
                "company_id": self.company.id,
            }
        )
        payment.action_post()
        self.env["sale.payment.allocation"].with_user(self.users["fin"]).create(
            {"order_id": order.id, "payment_id": payment.id, "amount": 111.11}
        ).action_confirm()

    def find_needles(self):
        """Figures about A: ``{text}``; of what others have, none."""
        lines = self.mine.line_ids
        bonus = self.bonus.sudo().line_ids.filtered(lambda one: one.user_id == self.users["a"])
        figures = {
            self.mine.score,
            *lines.mapped("points"),
            *lines.mapped("attained"),
            *self.mine.rating_ids.mapped("value"),
            *bonus.mapped("due"),
            *(9876.54, 73.19, 58.83, 12.12, 61.17, 61.27, 61.37, 13.37),
        }
        self.assertEqual(set(bonus.mapped("mode")), {"pool", "commission"})
        return {repr(one) for one in figures if round(one, 1) != one} | set(WORDS)

    def told(self, login, model, method, *args, **kwargs):
        """What a client is told: the answer or the refusal, as text."""
        env = api.Environment(self.env.cr, self.users[login].id, {})
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            with mute_logger("odoo.addons.base.models.ir_rule", "odoo.sql_db"):
                answer = call_kw(env[model], method, list(args), kwargs)
        except (UserError, AccessError, KeyError, ValueError, TypeError) as error:
            answer = f"refused: {error}"
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
        return answer

    def found(self, answer):
        text = json.dumps(answer, default=_plain, ensure_ascii=False)
        return {needle for needle in self.needles if needle in text}

    def assertHidden(self, login, what, answer):
        self.assertFalse(self.found(answer), f"{login} learns by {what}: {str(answer)[:600]}")

    def strangers(self, model):
        return [one for one in STRANGERS if one != "fin" or model not in OF_FINANCE]

    def models(self):
        return [self.env[name] for name in ABOUT_PEOPLE]

    def names(self, model):
        return [
            name
            for name, field in model._fields.items()
            if field.type not in ("binary", "image") and not name.startswith("message_")
        ]

    # === READING === #

    def test_models_are_complete(self):
        """Every model of the addon with a person in it is in the matrix, or known to hold none."""
        known = set(ABOUT_PEOPLE) | {
            # wizards: see test_wizards
            *("kpi.rating.give", "kpi.appeal.make", "kpi.appeal.answer", "kpi.bonus.pay"),
            *("kpi.cycle.reopen", "kpi.cycle.publish", "kpi.conduct.void"),
            # of teams and companies
            *("kpi.improvement", "kpi.improvement.actual"),
        }
        people = {
            model._name
            for model in self.env.registry.values()
            if model._name.startswith("kpi.")
            and not model._abstract
            and any(
                field.relational and field.comodel_name == "res.users"
                for name, field in model._fields.items()
                if name not in ("create_uid", "write_uid", "activity_user_id")
            )
        }
        self.assertFalse(people - known)

    def test_reading(self):
        """search_read, read, name_search, export, groups: as strangers, and as whom it is for."""
        seen = set()
        for model in self.models():
            name, fields = model._name, self.names(model)
            ids = model.sudo().search([]).ids
            calls = {
                "search_read": ([], {}),
                "read": ([ids, [field for field in fields if not model._fields[field].groups]], {}),
                "web_search_read": (
                    [],
                    {"domain": [], "specification": self.specification(model)},
                ),
                "name_search": ([""], {"limit": 1000}),
                "export_data": ([ids, self.exported(model)], {}),
            }
            for method, (args, kwargs) in calls.items():
                for login in self.strangers(name):
                    self.assertHidden(
                        login, f"{name}.{method}", self.told(login, name, method, *args, **kwargs)
                    )
                for login in INSIDERS:
                    if self.found(self.told(login, name, method, *args, **kwargs)):
                        seen.add((name, login))
        for expected in (
            *(("kpi.sheet", login) for login in INSIDERS),
            *(("kpi.sheet.line", login) for login in INSIDERS),
            ("kpi.bonus.line", "a"),
            ("kpi.bonus.line", "hr"),
            ("kpi.manual.value", "km"),
            ("kpi.appeal", "a"),
            ("kpi.development.plan", "km"),
        ):
            self.assertIn(expected, seen, "what nobody sees proves nothing")

    def specification(self, model, depth=1):
        """All fields, and those of what they lead to."""
        wanted = {}
        for name in self.names(model):
            field = model._fields[name]
            if field.groups:
                continue
            wanted[name] = {}
            if field.relational and depth and field.comodel_name in self.env:
                comodel = self.env[field.comodel_name]
                if comodel._name in ABOUT_PEOPLE:
                    wanted[name] = {"fields": self.specification(comodel, depth - 1)}
        return wanted

    def exported(self, model):
        paths = []
        for name in self.names(model):
            field = model._fields[name]
            paths.append(name)
            if field.relational and field.comodel_name in ABOUT_PEOPLE:
                comodel = self.env[field.comodel_name]
                paths += [
                    f"{name}/{other}" for other in ("score", "points", "actual", "amount", "value", "reason")
                    if other in comodel._fields
                ]
        return paths

    def test_groups(self):
        """Sums and means by every field that groups."""
        seen = Counter()
        for model in self.models():
            figures = [
                f"{name}:{how}"
                for name, field in model._fields.items()
                if field.store and field.type in NUMBER and name != "id" and not field.groups
                for how in ("sum", "max", "array_agg")
            ]
            by = [
                name if field.type not in ("date", "datetime") else f"{name}:month"
                for name, field in model._fields.items()
                if field.store
                and not field.groups
                and field.type in ("many2one", "selection", "date", "boolean", "float", "monetary")
            ]
            for login in self.strangers(model._name):
                for group in ([], *([one] for one in by)):
                    answer = self.told(
                        login, model._name, "formatted_read_group", [], groupby=group, aggregates=figures
                    )
                    self.assertHidden(login, f"{model._name} by {group}", answer)
            for group in by:
                answer = self.told(
                    "hr", model._name, "formatted_read_group", [], groupby=[group], aggregates=figures
                )
                seen[model._name] += bool(self.found(answer))
        for name in ("kpi.sheet", "kpi.sheet.line", "kpi.bonus.line", "kpi.manual.value"):
            self.assertGreater(seen[name], 3, f"groups that nobody gets prove nothing: {seen}")

    # === ORACLES === #

    def test_oracles(self):
        """Whoever cannot read it cannot ask whether it is more than so much, on no way to it."""
        asked = yes = 0
        for model, path, value in self.oracles():
            for login in ("b", "tm", "adm", "rival", "fin"):
                if login == "fin" and any(
                    name in OF_FINANCE for name in (model, self.env[model]._fields[path[0]].comodel_name)
                ):
                    continue
                domain = [(".".join(path), "=", value)]
                answer = self.told(login, model, "search_count", domain)
                self.assertTrue(not answer or isinstance(answer, str), (login, model, domain, answer))
                asked += 1
            answer = self.told("hr", model, "search_count", [(".".join(path), "=", value)])
            yes += isinstance(answer, int) and answer > 0
        self.assertGreater(asked, 200)
        self.assertGreater(yes, 10, "questions that nobody answers prove nothing")

    def oracles(self):
        """``(model, path, value of A)`` of every field that leads to a figure about him."""
        holders = {}
        for model in self.models():
            mine = model.sudo().search(
                [("user_id", "=", self.users["a"].id)] if "user_id" in model._fields else []
            )
            for name, field in model._fields.items():
                if not field.store or field.type not in ("float", "monetary", "text", "char"):
                    continue
                for record in mine:
                    value = record[name]
                    told = repr(value) if isinstance(value, float) else value
                    if told and any(needle == told for needle in self.needles):
                        holders.setdefault(model._name, set()).add((name, value))
        for model, figures in holders.items():
            for name, value in figures:
                yield model, (name,), value
        for source in self.env.registry.values():
            if source._abstract or source._transient or not source._auto:
                continue
            for name, field in source._fields.items():
                if not (field.relational and field.comodel_name in holders and field._description_searchable):
                    continue
                for figure, value in holders[field.comodel_name]:
                    yield source._name, (name, figure), value

    # === OTHER WAYS === #

    def test_messages(self):
        """Messages, what they tracked, who was notified, activities."""
        for model, domain in (
            ("mail.message", [("model", "like", "kpi.")]),
            ("mail.message", [("body", "ilike", "Needle")]),
            ("mail.message", [("tracking_value_ids.new_value_float", "=", 73.19)]),
            ("mail.tracking.value", []),
            ("mail.notification", []),
            ("mail.activity", [("res_model", "like", "kpi.")]),
            ("mail.followers", [("res_model", "like", "kpi.")]),
            ("ir.attachment", [("res_model", "like", "kpi.")]),
            ("regulation.register", []),
            ("regulation.measure", []),
            ("regulation.approval", []),
            ("gamification.badge.user", []),
        ):
            for login in STRANGERS:
                if login == "fin" and model in ("regulation.approval", "regulation.register"):
                    continue  # he decides on the bonus sheet
                self.assertHidden(
                    login, f"{model} {domain}", self.told(login, model, "search_read", domain)
                )
        tracked = self.env["mail.tracking.value"].sudo().search([("new_value_float", "=", 73.19)])
        self.assertTrue(tracked, "what was never written proves nothing")

    def test_prints(self):
        """Neither sheet is printed for a stranger."""
        for report, record in (
            ("sales_kpi.kpi_sheet_report", self.mine),
            ("sales_kpi.kpi_bonus_report", self.bonus),
        ):
            for login in self.strangers(record._name):
                reports = self.env["ir.actions.report"].with_user(self.users[login])
                with self.assertRaises(AccessError) as refused, mute_logger(
                    "odoo.addons.base.models.ir_rule"
                ):
                    reports._render_qweb_html(report, record.ids)
                self.assertHidden(login, report, str(refused.exception))
                self.env.invalidate_all()
        text, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.users["a"])
            ._render_qweb_html("sales_kpi.kpi_sheet_report", self.mine.ids)
        )
        self.assertIn(f"{self.mine.score:.2f}", text.decode())

    def test_wizards(self):
        """A dialog opened on somebody else's document tells nothing of it."""
        request = self.request(self.scores, "a", "superior").id
        appeal = self.mine.appeal_ids.id
        for model, values in (
            ("kpi.rating.give", {"request_id": request}),
            ("kpi.appeal.make", {"sheet_id": self.mine.id, "reason": "x"}),
            ("kpi.appeal.answer", {"appeal_id": appeal, "answer": "x"}),
            ("kpi.bonus.pay", {"sheet_id": self.bonus.id}),
            ("kpi.cycle.reopen", {"cycle_id": self.scores.id, "reason": "x"}),
            ("kpi.cycle.publish", {"cycle_id": self.scores.id, "reason": "x"}),
            ("kpi.development.plan", {"sheet_id": self.mine.id, "goal": "x", "review_on": "2026-06-01"}),
        ):
            fields = self.names(self.env[model])
            specification = self.specification(self.env[model])
            for login in STRANGERS:
                if login == "fin" and model == "kpi.bonus.pay":
                    continue
                answer = self.told(login, model, "onchange", [], values, list(values), specification)
                self.assertHidden(login, f"{model}.onchange", answer)
                answer = self.told(login, model, "web_save", [], values, specification)
                self.assertHidden(login, f"{model}.web_save", answer)
                defaults = {f"default_{name}": value for name, value in values.items()}
                env = api.Environment(self.env.cr, self.users[login].id, defaults)
                try:
                    answer = env[model].default_get(fields)
                except (AccessError, UserError) as error:
                    answer = str(error)
                self.assertHidden(login, f"{model}.default_get", answer)

    def test_team_figures(self):
        """Counts and means on what a stranger may open are those of what he may see."""
        for login in ("b", "tm", "clk", "adm"):
            answer = self.told(
                login, "kpi.cycle", "read", self.scores.ids, ["sheet_count", "average", "sheet_ids"]
            )
            self.assertHidden(login, "kpi.cycle", answer)
            if isinstance(answer, list):
                self.assertNotIn(self.mine.id, answer[0]["sheet_ids"])
                self.assertLessEqual(answer[0]["sheet_count"], 1)


def _plain(value):
    if isinstance(value, (datetime, date)):
        return str(value)
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return repr(value)
