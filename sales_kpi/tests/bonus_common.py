# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command

from .common import KpiCommon


class BonusCommon(KpiCommon):
    """A, B and T are scored by one rating; the regulation pays a pool, a bonus and commission."""

    scheme_lines = (("assessment", {"weight": 100, "target_source": "none"}),)
    #: values of bonus schemes
    bonus_schemes = ({"name": "Pool", "mode": "pool", "percent": 5},)
    settings = {}

    @classmethod
    def _scored_profile(cls, **values):
        profile = super()._scored_profile(**cls.settings, **values)
        profile.scheme_ids.role_id = False  # for everybody in a sales team
        profile.bonus_scheme_ids = [Command.create(values) for values in cls._bonus_schemes()]
        cls.schemes = profile.bonus_scheme_ids
        return profile

    @classmethod
    def _bonus_schemes(cls):
        return cls.bonus_schemes

    def scored(self, day="2026-03-31", at="2026-04-01 09:00", **ratings):
        """HR locks the scores of a month, made of these ratings."""
        for login, value in ratings.items():
            self.env["kpi.manual.value"].with_user(self.users["hr"]).create(
                {
                    "indicator_id": self._indicator("assessment").id,
                    "user_id": self.users[login].id,
                    "date": day,
                    "value": value,
                    "source": "Assessment",
                    "company_id": self.company.id,
                }
            )
        cycle = self.cycle(day=day, at=at)
        cycle.action_lock()
        return cycle

    def bonus(self, day="2026-03-31", compute=True, **values):
        """HR's bonus sheet, computed."""
        sheet = (
            self.env["kpi.bonus.sheet"]
            .with_user(self.users["hr"])
            .create({"day": day, "company_id": self.company.id, **values})
        )
        if compute:
            sheet.action_compute()
        return sheet

    def approve(self, sheet):
        """HR hands it in, finance approves."""
        sheet.action_submit()
        approval = sheet.sudo().approval_ids.filtered(lambda one: one.state == "pending")
        approval.with_user(self.users["fin"]).action_approve()
        self.assertEqual(sheet.state, "approved")
        return sheet

    def pay(self, sheet):
        self.approve(sheet).with_user(self.users["fin"]).action_pay("Payroll")
        return sheet

    def amounts(self, sheet, mode="pool"):
        """{login: amount} of the lines of a mode."""
        lines = sheet.sudo().line_ids.filtered(lambda line: line.mode == mode)
        return {line.user_id.login.removeprefix("reg_"): line.amount for line in lines}

    def deposit(self, order, amount=None):
        """Finance confirms a payment for an order."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": order.partner_id.id,
                "amount": order.amount_total if amount is None else amount,
                "currency_id": order.currency_id.id,
                "journal_id": self.env["account.journal"]
                .search([("company_id", "=", order.company_id.id), ("type", "=", "bank")], limit=1)
                .id,
                "company_id": order.company_id.id,
            }
        )
        payment.action_post()
        allocation = (
            self.env["sale.payment.allocation"]
            .with_user(self.users["fin"])
            .create(
                {
                    "order_id": order.id,
                    "payment_id": payment.id,
                    "amount": payment.amount,
                    "date": self.company._regulation_today(),
                }
            )
        )
        allocation.action_confirm()
        return allocation
