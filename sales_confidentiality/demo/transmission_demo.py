# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, api, models

from .nda_demo import PAPER


class RegulationDemo(models.AbstractModel):
    """Disclosures and devices that people asked for, and a link that was handed over."""

    _inherit = "regulation.demo"

    @api.model
    def _secrets(self, company, people):
        super()._secrets(company, people)
        self._disclosures(company, people)
        self._devices(company, people)

    def _disclosures(self, company, people):
        """One is shared by a link, one refused, one waits for the manager, one is being written."""
        partner = self.env["res.partner"].search(
            [("company_id", "=", company.id), ("name", "=", "Bridge Consulting")]
        )
        orders = self.env["sale.order"].search(
            [
                ("company_id", "=", company.id),
                ("user_id", "=", people["wangfang"].id),
                ("partner_id.name", "=", "Xinghai Electronics"),
                ("state", "=", "sale"),
            ],
            order="amount_total desc",
        )
        rep, manager = people["wangfang"], people["chengang"]
        terms = self._file(rep, orders[:1], "Terms of delivery.pdf")
        shared = self._disclosure(
            rep, partner, orders[:1], "They check the terms of delivery.", 14, terms
        )
        shared.action_submit()
        self._approve_secret(shared, manager)
        shared.action_share()
        refused = self._disclosure(rep, partner, orders[-1:], "For their reference list.", 5)
        refused.action_submit()
        self._approve_secret(refused, manager, "A reference needs no prices: send them the names.")
        plan = self._file(rep, orders[:1], "Delivery schedule.pdf")
        self._disclosure(
            rep, partner, orders[:1], "They plan the transport of the second half.", 21, plan
        ).action_submit()
        self._disclosure(rep, partner, orders[-1:], "", 7)

    def _file(self, user, order, name):
        return (
            self.env["ir.attachment"]
            .with_user(user)
            .create(
                {
                    "name": name,
                    "datas": PAPER,
                    "res_model": order._name,
                    "res_id": order.id,
                }
            )
        )

    def _disclosure(self, user, partner, order, purpose, days, files=()):
        today = order.company_id._regulation_today()
        return (
            self.env["confidentiality.disclosure"]
            .with_user(user)
            .create(
                {
                    "partner_id": partner.id,
                    "res_model": order._name,
                    "res_id": order.id,
                    "attachment_ids": [Command.set([file.id for file in files])],
                    "purpose": purpose,
                    "means": "hand",
                    "date_to": today + timedelta(days=days),
                }
            )
        )

    def _devices(self, company, people):
        for login, name, values, approver, refusal in (
            ("wangfang", "My phone", {"platform": "android"}, "chengang", ""),
            ("liqiang", "Tablet", {"platform": "iphone", "browser": "safari"}, None, ""),
            (
                "chengang",
                "Laptop of the company",
                {"platform": "windows", "device_type": "computer", "ownership": "company"},
                "gao",
                "",
            ),
            (
                "mahui",
                "Computer at home",
                {"platform": "macos", "device_type": "computer"},
                "zhou",
                "Take the laptop of the company.",
            ),
        ):
            device = (
                self.env["confidentiality.device"]
                .with_user(people[login])
                .create({"name": name, "purpose": "Orders and visits on the road.", **values})
            )
            device.action_submit()
            if approver:
                self._approve_secret(device, people[approver], refusal)

    def _approve_secret(self, document, user, refusal=""):
        request = document.sudo().approval_ids.filtered(lambda row: row.state == "pending")
        if refusal:
            request.with_user(user).action_refuse(refusal)
        else:
            request.with_user(user).action_approve()
