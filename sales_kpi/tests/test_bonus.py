# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tools import engine

from .bonus_common import BonusCommon

SCORES = {"a": 84.72, "b": 94.50, "t": 91.28}
SALES = {"a": 1_880_000, "b": 1_530_000, "t": 590_000}


@tagged("post_install", "-at_install")
class TestBonusPool(BonusCommon):
    """C45, S1-32: the pool to the last cent, from the rounded scores of a locked revision."""

    def prepare(self):
        super().prepare()
        for login, amount in SALES.items():
            self.bill(self.sell(login, amount=amount), "2026-03-20")

    def switch(self, **values):
        engine(self.schemes).write(values)

    def test_distributions(self):
        self.scored(**SCORES)
        sheet = self.bonus()
        self.assertEqual(sheet.pool_amount, 200_000)
        self.assertEqual(self.amounts(sheet), {"a": 62639.56, "b": 69870.61, "t": 67489.83})
        line = sheet.line_ids.filtered(lambda one: one.user_id == self.users["a"])
        self.assertIn("62,639.56", line.explanation)
        self.assertIn("84.72 / 270.5", line.explanation)
        self.assertEqual(line.action_open_evidence()["res_model"], "kpi.sheet")
        self.switch(distribution="sales_score")
        sheet.action_compute()
        self.assertEqual(self.amounts(sheet), {"a": 89050.86, "b": 80838.37, "t": 30110.77})
        self.assertEqual(round(sum(self.amounts(sheet).values()), 2), 200_000)
        self.assertFalse(sheet.warning)

    def test_locked_scores_only(self):
        cycle = self.cycle()
        sheet = self.bonus(compute=False)
        with self.assertRaisesRegex(UserError, "not locked"):
            sheet.action_compute()
        cycle.action_lock()
        sheet.action_compute()
        cycle.action_reopen("A complaint was withdrawn")
        with self.assertRaisesRegex(UserError, "not locked"):
            sheet.action_compute()
        with self.assertRaisesRegex(UserError, "reopened"):
            sheet.action_submit()

    def test_no_score_no_share(self):
        """Who has no score gets nothing and is shown; the others share the whole pool."""
        self.scored(a=50, b=50)
        sheet = self.bonus()
        self.assertEqual(self.amounts(sheet), {"a": 100_000, "b": 100_000, "t": 0})
        line = sheet.line_ids.filtered(lambda one: one.user_id == self.users["t"])
        self.assertIn("No score", line.explanation)

    def test_teams(self):
        """Each team shares the pool of its own sales."""
        self.switch(pool_of="team")
        self.scored(**SCORES)
        sheet = self.bonus()
        amounts = self.amounts(sheet)
        self.assertEqual(amounts["t"], 29_500)
        self.assertEqual(round(amounts["a"] + amounts["b"], 2), 170_500)

    def test_correction_comes_with_the_next(self):
        """A paid sheet stays; what a corrected score changes is paid with April, with the reason."""
        first = self.scored(**SCORES)
        march = self.pay(self.bonus())
        again = self.env["kpi.cycle"].browse(first.action_reopen("B was rated wrongly")["res_id"])
        rating = self.env["kpi.manual.value"].search(
            [("user_id", "=", self.users["b"].id), ("value", "=", 94.5)]
        )
        rating.with_user(self.users["hr"]).value = 84.72
        again = again.with_user(self.users["hr"])
        again.action_compute()
        again.action_lock()
        self.scored(day="2026-04-30", at="2026-05-02 09:00", a=80)
        april = self.bonus(day="2026-04-30")
        late = april.line_ids.filtered("late_reason")
        self.assertEqual(set(late.mapped("late_reason")), {"revision"})
        self.assertEqual(round(sum(late.mapped("amount")), 2), 0.0)
        of_a = late.filtered(lambda one: one.user_id == self.users["a"])
        self.assertEqual(of_a.settled, 62639.56)
        self.assertGreater(of_a.amount, 0)
        self.assertIn("The scores were corrected", of_a.explanation)
        self.assertEqual(self.amounts(march)["a"], 62639.56)
        self.approve(april)
        self.scored(day="2026-05-31", at="2026-06-01 09:00", a=80)
        self.assertFalse(self.bonus(day="2026-05-31").line_ids.filtered("late_reason"))

    def test_correction_settled_before_it_came_back(self):
        """March waits for finance, April settles its correction, March comes back: once is enough."""
        first = self.scored(**SCORES)
        march = self.bonus()
        march.action_submit()
        again = self.env["kpi.cycle"].browse(first.action_reopen("B was rated wrongly")["res_id"])
        again = again.with_user(self.users["hr"])
        entry = self.env["kpi.manual.value"].search(
            [("user_id", "=", self.users["b"].id), ("value", "=", 94.5)]
        )
        entry.with_user(self.users["hr"]).value = 50
        self.at("2026-04-20 09:00")
        again.action_compute()
        again.action_lock()
        self.scored(day="2026-04-30", at="2026-05-02 09:00", a=80)
        april = self.bonus(day="2026-04-30")
        self.assertTrue(april.line_ids.filtered("late_reason"))
        april.action_submit()
        waiting = march.sudo().approval_ids.filtered(lambda one: one.state == "pending")
        waiting.with_user(self.users["fin"]).action_return("Once more")
        self.at("2026-05-03 09:00")
        march.action_compute()
        lines = (march | april).sudo().line_ids.filtered(lambda one: str(one.period_from) == "2026-03-01")
        for user, found in lines.grouped("user_id").items():
            [due] = set(found.mapped("due"))
            self.assertEqual(round(sum(found.mapped("computed")), 2), due, user.name)
        self.assertEqual(round(sum(lines.mapped("computed")), 2), 200_000)

    def test_summary_of_the_approval(self):
        """Who gets some of it may see that it is decided on, not what the others get."""
        self.scored(**SCORES)
        sheet = self.bonus()
        sheet.action_submit()
        approval = sheet.sudo().approval_ids
        for login, seen in (("a", False), ("km", False), ("hr", True), ("fin", True), ("aud", True)):
            summary = approval.with_user(self.users[login]).summary
            self.assertEqual("62,639.56" in (summary or ""), seen, login)

    def test_query_count(self):
        """As many queries for 1 as for 80 people, but for the rows themselves."""
        self.scored(**SCORES)
        sheet = self.bonus()
        sheet.action_compute()
        few = self._queries(sheet, "2026-04-01 12:00")
        people = self.env["res.users"].create(
            [
                {
                    "login": f"bonus_{number}",
                    "name": f"Rep {number}",
                    "company_id": self.company.id,
                    "company_ids": [Command.set(self.company.ids)],
                    "group_ids": [
                        Command.link(self.env.ref("sales_regulation.group_regulation_user").id)
                    ],
                }
                for number in range(77)
            ]
        )
        self.teams["ka"].member_ids |= people
        cycle = self.env["kpi.cycle"].browse(
            sheet.cycle_id.with_user(self.users["hr"]).action_reopen("More people")["res_id"]
        ).with_user(self.users["hr"])
        cycle.action_compute()
        cycle.action_lock()
        sheet.action_compute()
        self.assertEqual(len(sheet.sudo().line_ids), 80)
        self.assertLessEqual(self._queries(sheet, "2026-04-01 13:00"), few)

    def _queries(self, sheet, moment):
        self.at(moment)  # else the sheet is written only if the second has changed
        self._end_request()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        sheet.action_compute()
        self.env.flush_all()
        return self.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestBonusHold(BonusCommon):
    """C45, K4: held until collected, which is what finance has confirmed and nothing else."""

    bonus_schemes = ({"name": "Pool", "mode": "pool", "percent": 5, "hold": True},)

    def prepare(self):
        super().prepare()
        self.order = self.sell("a", amount=1000)
        self.invoice = self.bill(self.order, "2026-03-20")

    def held(self, at="2026-04-02 09:00"):
        """Who waits for money, and who was paid, on a sheet that is computed now."""
        self.at(at)
        sheet = self.env["kpi.bonus.sheet"].search([("company_id", "=", self.company.id)])
        sheet = sheet.with_user(self.users["hr"])
        if not sheet:
            self.scored(a=80, b=80)
            sheet = self.bonus()
        sheet.action_compute()
        return {
            line.user_id.login.removeprefix("reg_"): line.held
            for line in sheet.sudo().line_ids
            if line.amount
        }

    def register(self):
        """Somebody books a payment of the invoice; the invoice calls itself paid."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        payment = wizard.create({"payment_date": "2026-03-25"})._create_payments()
        self.assertIn(self.invoice.payment_state, ("in_payment", "paid"))
        return payment

    def confirm(self, payment, amount=None):
        allocation = (
            self.env["sale.payment.allocation"]
            .with_user(self.users["fin"])
            .create(
                {
                    "order_id": self.order.id,
                    "payment_id": payment.id,
                    "amount": payment.amount if amount is None else amount,
                    "date": "2026-03-25",
                }
            )
        )
        allocation.action_confirm()

    def test_confirmed_only(self):
        """A payment that somebody registered is not money; finance confirms it, it is."""
        self.assertEqual(self.held(), {"a": True, "b": False})
        payment = self.register()
        self.assertEqual(self.held(), {"a": True, "b": False})
        self.confirm(payment, payment.amount - 1)
        self.assertEqual(self.held(), {"a": True, "b": False})
        self.confirm(payment, 1)
        self.assertEqual(self.held(), {"a": False, "b": False})

    def test_credited_in_whole(self):
        """Nothing came in: what the credited sale brought to the pool of March is not paid."""
        self.at("2026-04-01 10:00")
        note = self.refund(self.invoice, "2026-04-01")
        self.assertEqual((note.state, self.invoice.payment_state), ("posted", "reversed"))
        self.assertEqual(self.held(), {"a": True, "b": False})

    def test_credited_within_the_period(self):
        """It is in no pool, so nothing waits for it; the other sale was paid."""
        self.at("2026-03-25 10:00")
        self.refund(self.invoice, "2026-03-25")
        self.order = self.sell("a", amount=500)
        self.invoice = self.bill(self.order, "2026-03-21")
        self.assertEqual(self.held(), {"a": True, "b": False})
        self.confirm(self.register())
        self.assertEqual(self.held(), {"a": False, "b": False})

    def test_credited_in_part(self):
        """Of 1,130.00 the customer is forgiven 113.00, and pays the rest."""
        self.at("2026-04-01 10:00")
        note = self.refund(self.invoice, "2026-04-01")
        note.button_draft()
        note.invoice_line_ids.price_unit = 100
        note.action_post()
        self.confirm(self.register())
        self.assertEqual(self.order.sudo()._regulation_paid()[self.order.id], 1017)
        self.assertEqual(self.held(), {"a": False, "b": False})

    def test_later_invoice(self):
        """What is invoiced after the period does not hold what was paid in it."""
        self.confirm(self.register())
        self.assertEqual(self.held(), {"a": False, "b": False})
        self.order.order_line.sudo().product_uom_qty = 2
        self.bill(self.order, "2026-04-01")
        self.assertEqual(self.held(), {"a": False, "b": False})


@tagged("post_install", "-at_install")
class TestBonusTwoRegulations(BonusCommon):
    """Two regulations pay pools: a sale is in that of its seller, not in both."""

    def prepare(self):
        super().prepare()
        other = self._profile(
            publish=False, appeal_days=0, assign={"team_id": self.users["t"].sale_team_id.id}
        )
        self._scheme(other, self.scheme_lines, role_id=False)
        other.bonus_scheme_ids = [
            Command.create({"name": "Pool of calls", "mode": "pool", "percent": 10})
        ]
        other.with_user(self.users["gm"])._publish("active")
        for login, amount in (("a", 1000), ("b", 500), ("t", 300)):
            self.bill(self.sell(login, amount=amount), "2026-03-20")

    def test_no_sale_twice(self):
        """5 % of 1,500 for A and B, 10 % of 300 for T; together a part of what was sold once."""
        self.scored(a=80, b=80, t=80)
        sheet = self.bonus()
        self.assertEqual(self.amounts(sheet), {"a": 37.5, "b": 37.5, "t": 30})
        self.assertEqual(sheet.pool_amount, 105)

    def test_not_scored(self):
        """Sales of who has no sheet are in the pool of the regulation that he is under."""
        engine(self.env["regulation.role.assignment"]).search(
            [("user_id", "=", self.users["b"].id)]
        ).unlink()
        self.teams["ka"].sudo().member_ids -= self.users["b"]
        self.scored(a=80, t=80)
        self.assertEqual(self.amounts(self.bonus()), {"a": 75, "t": 30})


@tagged("post_install", "-at_install")
class TestBonusCap(BonusCommon):
    """K4, S1-32 against S3-68: the pool as a ceiling, individual bonuses without one."""

    settings = {"bonus_hard_cap": True}

    @classmethod
    def _bonus_schemes(cls):
        return (
            {"name": "Pool", "mode": "pool", "percent": 5},
            {
                "name": "Bonus",
                "mode": "individual",
                "base_amount": 5000,
                "indicator_id": cls._indicator("sales_amount").id,
            },
        )

    @classmethod
    def _scored_profile(cls, **values):
        cls.scheme_lines = (
            ("assessment", {"weight": 100, "target_source": "none"}),
            ("sales_amount", {"rule": "shown"}),
        )
        return super()._scored_profile(**values)

    def prepare(self):
        super().prepare()
        self.target("b", "sales_amount", 1000)
        self.bill(self.sell("b", amount=1020), "2026-03-20")

    def test_attainment(self):
        """102 % of 5,000 are 5,100; 250 % are 12,500; without a target nothing; capped at 120 %."""
        self.scored(a=80, b=80)
        sheet = self.bonus()
        self.assertEqual(self.amounts(sheet, "individual"), {"b": 5100})
        line = sheet.line_ids.filtered(lambda one: one.mode == "individual")
        self.assertIn("102.0 % of target", line.explanation)
        self.assertEqual(sheet.excess, 5100)
        self.assertIn("5,100.00", sheet.warning)

    def test_without_limit(self):
        self.bill(self.sell("b", amount=1480), "2026-03-21")
        self.scored(a=80, b=80)
        sheet = self.bonus()
        self.assertEqual(self.amounts(sheet, "individual"), {"b": 12500})
        engine(self.schemes).write({"cap": 120})
        sheet.action_compute()
        self.assertEqual(self.amounts(sheet, "individual"), {"b": 6000})
        engine(self.schemes).write({"cap": 0, "least": 300})
        sheet.action_compute()
        self.assertEqual(self.amounts(sheet, "individual"), {"b": 0})

    def test_hard_cap(self):
        """Refused until somebody reduces it; nothing is cut silently; a reduction names a reason."""
        self.scored(a=80, b=80)
        sheet = self.bonus()
        with self.assertRaisesRegex(UserError, "5,100.00"):
            sheet.action_submit()
        self.assertEqual((sheet.state, sheet.total), ("draft", 5151))
        line = sheet.line_ids.filtered(lambda one: one.mode == "individual")
        with self.assertRaisesRegex(UserError, "Say why"), self.cr.savepoint():
            line.write({"adjustment": -5100})
        with self.assertRaisesRegex(UserError, "not below"), self.cr.savepoint():
            line.write({"adjustment": -6000, "adjust_reason": "Too much"})
        sheet.write(
            {"line_ids": [Command.update(line.id, {"adjustment": -5100, "adjust_reason": "Ceiling"})]}
        )
        self.assertEqual((sheet.excess, sheet.total), (0, 51))
        sheet.action_compute()  # a reduction stays while its line is the same
        self.assertEqual(sheet.total, 51)
        self.approve(sheet)
        row = self.env["regulation.register"].search([("event", "=", "bonus_reduced")], limit=1)
        self.assertEqual((row.amount, row.user_id), (5100, self.users["hr"]))

    def test_soft_cap(self):
        """Without the switch it is a warning."""
        self.scored(a=80, b=80)
        sheet = self.bonus()
        engine(self.profile).write({"bonus_hard_cap": False})
        self.approve(sheet)
        self.assertIn("5,100.00", sheet.warning)


@tagged("post_install", "-at_install")
class TestBonusOfATeam(TestBonusCap):
    """The regulation holds for a sales team; human resources, who make the sheet, are under none."""

    settings = {"bonus_hard_cap": True, "bonus_leaders_see": True}
    test_attainment = test_without_limit = test_soft_cap = None  # as in the company

    @classmethod
    def _scored_profile(cls, **values):
        return super()._scored_profile(assign={"team_id": cls.teams["ka"].id}, **values)

    def test_who_sees(self):
        self.scored(a=80, b=80)
        self.assertIn(self.users["km"], self.bonus().sudo().line_ids.viewer_ids)

    def test_newer_version(self):
        """A version without the ceiling does not loosen what was judged before."""
        self.scored(a=80, b=80)
        action = self.profile.with_user(self.users["adm"]).action_new_version()
        draft = self.env["regulation.profile"].browse(action["res_id"])
        draft.write({"bonus_hard_cap": False, "date_from": "2026-04-01"})
        draft.with_user(self.users["gm"]).action_publish()
        with self.assertRaisesRegex(UserError, "ceiling"):
            self.bonus().action_submit()


@tagged("post_install", "-at_install")
class TestBonusRights(BonusCommon):
    """A rep sees his own when it is approved; HR and finance all; nobody forges anything."""

    settings = {"bonus_leaders_see": True}

    def prepare(self):
        super().prepare()
        self.bill(self.sell("a", amount=2000), "2026-03-20")
        self.scored(a=80, b=80, t=80)
        self.sheet_ = self.bonus()

    def seen(self, login):
        lines = self.env["kpi.bonus.line"].with_user(self.users[login]).search(
            [("sheet_id", "=", self.sheet_.id)]
        )
        return {one.login.removeprefix("reg_") for one in lines.user_id}

    def test_equal_shares(self):
        """100.00 among three: 33.34 goes to the first employee."""
        self.assertEqual(self.amounts(self.sheet_), {"a": 33.34, "b": 33.33, "t": 33.33})

    def test_who_sees(self):
        for login in ("a", "km"):
            self.assertFalse(self.seen(login), login)
        self.approve(self.sheet_)
        everybody = {"a", "b", "t"}
        for login, people in (
            ("a", {"a"}),
            ("t", {"t"}),
            ("km", {"a", "b"}),
            ("tm", {"t"}),
            ("gm", everybody),
            ("hr", everybody),
            ("fin", everybody),
            ("aud", everybody),
            ("wh", set()),
            ("adm", set()),
        ):
            self.assertEqual(self.seen(login), people, login)
        for login in ("a", "km", "gm", "adm"):
            self.assertFalse(
                self.env["kpi.bonus.sheet"].with_user(self.users[login]).has_access("read"), login
            )
        engine(self.profile).write({"bonus_leaders_see": False})

    def test_leaders_only_where_said(self):
        engine(self.profile).write({"bonus_leaders_see": False})
        self.sheet_.action_compute()
        self.approve(self.sheet_)
        self.assertFalse(self.seen("km"))
        self.assertEqual(self.seen("a"), {"a"})

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_forgery(self):
        sheet = self.sheet_
        line = sheet.line_ids[0]
        for login in ("a", "km", "gm", "fin", "aud", "adm"):
            with self.assertRaises(AccessError):
                self.env["kpi.bonus.sheet"].with_user(self.users[login]).create(
                    {"day": "2026-02-28", "company_id": self.company.id}
                )
            with self.assertRaises(AccessError):
                line.with_user(self.users[login]).write({"adjustment": -1, "adjust_reason": "x"})
            with self.assertRaises(AccessError):
                sheet.with_user(self.users[login]).action_compute()
            with self.assertRaises(AccessError):
                sheet.with_user(self.users[login]).action_submit()
        for values in (
            {"state": "paid"},
            {"pool_amount": 5},
            {"cycle_id": False},
            {"digest": "x"},
            {"line_ids": [Command.create({"user_id": self.users["a"].id})]},
            {"line_ids": [Command.update(line.id, {"computed": 999})]},
            {"line_ids": [Command.delete(line.id)]},
        ):
            with self.assertRaises(AccessError, msg=values):
                sheet.write(values)
            with self.assertRaises(AccessError, msg=values):
                sheet.sudo().write(values)
        for values in ({"amount": 5}, {"payable": 5}, {"state": "paid"}, {"user_id": 1}):
            with self.assertRaises(AccessError):
                line.write(values)
        result = self.env["kpi.bonus.sheet"].with_user(self.users["hr"]).load(
            ["day", "company_id/.id", "state"], [["2026-02-28", str(self.company.id), "Paid"]]
        )
        self.assertTrue(result["messages"])
        with self.assertRaises(UserError):
            sheet.write({"day": "2026-02-28"})
        with self.assertRaises(AccessError):
            sheet.with_user(self.users["hr"]).action_pay()
        with self.assertRaises(UserError):
            sheet.with_user(self.users["fin"]).action_pay()

    def test_own_line(self):
        """HR does not edit what HR gets himself; who gets something does not decide."""
        engine(self.sheet_.line_ids[0].sudo()).write({"user_id": self.users["hr"].id})
        with self.assertRaisesRegex(AccessError, "own bonus"):
            self.sheet_.line_ids[0].write({"adjustment": -1, "adjust_reason": "x"})
        engine(self.sheet_.line_ids[0].sudo()).write({"user_id": self.users["fin"].id})
        self.sheet_.action_submit()
        approval = self.sheet_.sudo().approval_ids
        self.assertNotIn(self.users["fin"], approval.step_ids.user_ids)

    def test_handed_in(self):
        """What was handed in is neither edited nor deleted; withdrawn it is a draft again."""
        sheet = self.sheet_
        sheet.action_submit()
        with self.assertRaises(UserError):
            sheet.action_submit()
        with self.assertRaises(UserError):
            sheet.action_compute()
        with self.assertRaises(UserError):
            sheet.line_ids[0].write({"adjustment": -1, "adjust_reason": "x"})
        with self.assertRaisesRegex(UserError, "kept"):
            sheet.unlink()
        approval = sheet.sudo().approval_ids
        approval.with_user(self.users["fin"]).action_return("A is missing")
        self.assertEqual(sheet.state, "draft")
        self.approve(sheet)

    def test_paid_is_sealed(self):
        sheet = self.pay(self.sheet_)
        self.assertEqual((sheet.state, sheet.paid_by_id), ("paid", self.users["fin"]))
        line = sheet.sudo().line_ids[0]
        for record, values in (
            (sheet.sudo(), {"state": "draft"}),
            (sheet.sudo(), {"pool_amount": 1}),
            (line, {"adjustment": -1}),
            (line, {"computed": 1}),
        ):
            with self.assertRaises(AccessError):
                engine(record).write(values)
        with self.assertRaises(AccessError):
            engine(line).unlink()
        with self.assertRaises(UserError):
            sheet.unlink()
        with self.assertRaises(UserError):
            sheet.with_user(self.users["fin"]).action_pay()
        sheet.action_verify()
        self.env.flush_all()
        self.cr.execute("UPDATE kpi_bonus_line SET amount = 9 WHERE id = %s", [line.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "fingerprint"):
            sheet.action_verify()

    def test_one_sheet_of_a_period(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.bonus(compute=False)

    def test_two_sheets_at_once(self):
        """Two drafts rest on the same past: the one that is handed in later is computed anew."""
        self.scored(day="2026-04-30", at="2026-05-02 09:00", a=80)
        april = self.bonus(day="2026-04-30")
        self.sheet_.action_submit()
        with self.assertRaisesRegex(UserError, "compute it again"):
            april.action_submit()
        self.at("2026-05-02 10:00")
        april.action_compute()
        april.action_submit()

    def test_list_and_export(self):
        """The printable list and the export say what the lines say."""
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.users["fin"])
            ._render_qweb_html("sales_kpi.kpi_bonus_report", self.sheet_.ids)
        )
        self.assertIn("33.34", html.decode())
        self.users["hr"].group_ids |= self.env.ref("base.group_allow_export")
        rows = self.sheet_.line_ids.export_data(["user_id/name", "amount", "explanation"])["datas"]
        self.assertIn(33.34, [row[1] for row in rows])

    def test_unsound_scheme(self):
        profile = self._profile(publish=False)
        self.env["kpi.bonus.scheme"].create(
            {"name": "Nothing", "profile_id": profile.id, "mode": "individual"}
        )
        with self.assertRaisesRegex(UserError, "pays nothing"):
            profile._check_complete()
