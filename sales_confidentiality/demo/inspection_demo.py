# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, api, models

from odoo.addons.sales_regulation.tools import engine, month_of


class RegulationDemo(models.AbstractModel):
    """The quarter's inspections: one handed in with findings, one that is still owed."""

    _inherit = "regulation.demo"

    @api.model
    def _secrets(self, company, people):
        super()._secrets(company, people)
        teams = self.env["crm.team"].search(
            [("company_id", "=", company.id), ("user_id", "!=", False)]
        )
        self._owe_inspections(company, teams)
        mine = {team.user_id.login: team for team in teams}
        self._inspection_done(people, mine["chengang"])
        self._inspection_begun(people, mine["mahui"])

    def _owe_inspections(self, company, teams):
        """The nightly run begins with the next quarter: the company is a day old."""
        duty = self.env["regulation.duty"].search(
            [("code", "=", "secrecy_inspection"), ("profile_id.code", "=", "HUAXIN")], limit=1
        )
        begin, end = duty._period_of(company._regulation_today())
        instances = self.env["regulation.duty.instance"]
        made = engine(instances).create(
            [
                {
                    "duty_id": duty.id,
                    "profile_id": duty.profile_id.id,
                    "company_id": company.id,
                    "user_id": team.user_id.id,
                    "subject_model": team._name,
                    "subject_id": team.id,
                    "period_start": begin,
                    "period_end": end,
                    "month": month_of(duty.frequency, begin, end),
                }
                for team in teams
            ]
        )
        instances.browse(made.ids)._begin()

    def _inspection_done(self, people, team):
        manager = people["chengang"]
        inspection = self._inspection(
            manager,
            team,
            ("wangfang", "liqiang"),
            people,
            [
                ("Quotations lie at the printer", "minor", "wangfang", 5),
                ("NDA is not signed", "major", "liqiang", 10),
            ],
        )
        for item in inspection.sudo().checklist_display_ids:
            inspection.action_tick(item.id)
        inspection.summary = "Screens and devices are in order; paper and one NDA are not."
        inspection.action_hand_in()
        finding = inspection.finding_ids.filtered(lambda row: row.user_id == people["wangfang"])
        mine = finding.with_user(people["wangfang"])
        mine.action = "Printing asks for a code at the printer now."
        mine.action_done()
        finding.with_user(manager).action_verify()

    def _inspection_begun(self, people, team):
        inspection = self._inspection(people["mahui"], team, ("zhaomin",), people, [])
        for item in inspection.sudo().checklist_display_ids[:2]:
            inspection.action_tick(item.id)

    def _inspection(self, user, team, concerned, people, findings):
        today = team.company_id._regulation_today()
        return (
            self.env["confidentiality.inspection"]
            .with_user(user)
            .create(
                {
                    "team_id": team.id,
                    "inspected_on": today,
                    "people_ids": [Command.set([people[login].id for login in concerned])],
                    "finding_ids": [
                        Command.create(
                            {
                                "name": name,
                                "severity": severity,
                                "user_id": people[login].id,
                                "due_on": today + timedelta(days=days),
                            }
                        )
                        for name, severity, login, days in findings
                    ],
                }
            )
        )
