# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, models

#: how each is cleared: {login: {category: extent}}
CLEARED = {
    "zhou": {"customer": "full", "contract": "full", "cost": "full", "credit": "full"},
    "qian": {"customer": "full", "contract": "full", "cost": "full", "credit": "full"},
    "gao": {"customer": "full", "contract": "full", "cost": "full", "credit": "full"},
    "chengang": {"customer": "full", "contract": "full", "cost": "full", "credit": "full"},
    "sun": {"customer": "card", "contract": "full", "credit": "full"},
    "liu": {"customer": "card", "contract": "full"},
    "yan": {"customer": "card", "contract": "full"},
    "wu": {"customer": "card"},
    "zheng": {"customer": "card"},
}
EXPORTERS = frozenset({"zhou", "qian", "gao", "chengang", "sun", "yan"})
#: who works on what nobody else is to know of
PROJECT = ("zhou", "chengang", "wangfang")


class RegulationDemo(models.AbstractModel):
    """Grants and labels, before the company enforces them: so far they hide nothing (C50).

    *Confidentiality > Settings > Categories* is where that begins.
    """

    _inherit = "regulation.demo"

    @api.model
    def _secrets(self, company, people):
        super()._secrets(company, people)
        self._give_grants(company, people)

    @api.model
    def _label_records(self):
        """Called by ``./dev demo``: while a database has no label, nothing is asked."""
        company = self.env["res.company"].search([("name", "=", "Hua Xin Components")])
        users = self.env["res.users"].search([("company_id", "in", company.ids)])
        people = {user.login: user for user in users}
        if not company or self.env["confidentiality.label"].search_count([]):
            return
        demo = self.with_context(tracking_disable=True, allowed_company_ids=company.ids)
        demo._label_customers(company)
        demo._label_project(company, people)

    def _give_grants(self, company, people):
        officer, level = people["zhou"], self.env.ref("sales_confidentiality.level_secret")
        values = [
            {
                "user_id": people[login].id,
                "category_id": self.env.ref(f"sales_confidentiality.category_{category}").id,
                "level_id": level.id,
                "extent": extent,
                "may_export": login in EXPORTERS,
                "date_from": company._regulation_today(),
            }
            for login, categories in CLEARED.items()
            for category, extent in categories.items()
        ]
        Grant = self.env["confidentiality.grant"]
        # Nobody gives himself a grant: the officer's are given by the administrator
        Grant.create([vals for vals in values if vals["user_id"] == officer.id])
        Grant.with_user(officer).create([vals for vals in values if vals["user_id"] != officer.id])

    def _label_customers(self, company):
        """A key account is confidential, and so is what is made of it."""
        customer = self.env["res.partner"].search(
            [("company_id", "=", company.id), ("name", "=", "Xinghai Electronics")]
        )
        customer.confidentiality_label_id = self.env["confidentiality.label"]._get(
            self.env.ref("sales_confidentiality.level_confidential"),
            self.env.ref("sales_confidentiality.category_customer"),
        )

    def _label_project(self, company, people):
        label = self.env["confidentiality.label"].create(
            {
                "name": "Project North",
                "level_id": self.env.ref("sales_confidentiality.level_secret").id,
                "category_id": self.env.ref("sales_confidentiality.category_customer").id,
                "is_compartment": True,
                "member_ids": [
                    Command.create(
                        {"user_id": people[login].id, "date_from": company._regulation_today()}
                    )
                    for login in PROJECT
                ],
            }
        )
        lead = self.env["crm.lead"].search(
            [
                ("company_id", "=", company.id),
                ("type", "=", "opportunity"),
                ("user_id", "=", people["wangfang"].id),
                ("partner_id.name", "!=", "Xinghai Electronics"),
            ],
            limit=1,
        )
        lead.confidentiality_label_id = label
