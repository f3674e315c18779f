# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.policy import strictest_any, strictest_min


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    credit_limit_by_request = fields.Boolean(
        string="Limits by Approved Request Only",
        help="A customer's credit limit changes by an approved credit request and in no other"
        " way (客户资信额度审批).",
    )
    credit_limit_required = fields.Boolean(
        string="A Limit is Required",
        help="A customer without an agreed limit gets no credit. Without this, no limit means"
        " that the amount he owes is not limited.",
    )
    credit_overdue_block = fields.Boolean(
        string="Stop when Overdue",
        help="Nothing more is sold on credit while something is overdue longer than agreed.",
    )
    credit_overdue_days = fields.Integer(
        string="Days Overdue",
        help="Calendar days after the due date that are still tolerated.",
    )
    credit_overdue_amount = fields.Float(
        string="Overdue Amount Tolerated",
        help="In the currency of the company. 0: any overdue amount stops.",
    )

    @api.constrains("credit_overdue_days", "credit_overdue_amount")
    def _check_credit_overdue(self):
        if any(
            profile.credit_overdue_days < 0 or profile.credit_overdue_amount < 0 for profile in self
        ):
            raise ValidationError(
                self.env._("The days and the amount that may be overdue cannot be negative.")
            )

    @api.model
    def _strictness(self):
        return super()._strictness() | {
            "credit_limit_by_request": strictest_any,
            "credit_limit_required": strictest_any,
            "credit_overdue_block": strictest_any,
            "credit_overdue_days": strictest_min,
            "credit_overdue_amount": strictest_min,
        }

    @api.model
    def _credit_by_request(self, company):
        """Whether any regulation in force in ``company`` reserves limits to requests.

        A limit holds for the whole company, so one team's regulation is enough.
        Cached: no query.
        """
        if company.id not in self._regulated_companies():
            return False
        lines = self.sudo()._assignments_on(company.id, company._regulation_today())
        return any(
            self._snapshot(profile)["settings"].get("credit_limit_by_request")
            for profile, _kind, _place in lines
        )

    @api.model
    def _companies_lending(self):
        """Ids of the companies in which some regulation in force judges what customers owe or
        have paid, so that it matters whose credit and terms count. Cached: no query."""
        found = set()
        for company in self.env["res.company"].sudo().browse(self._regulated_companies()):
            for profile, _kind, _place in self._assignments_on(
                company.id, company._regulation_today()
            ):
                snapshot = self._snapshot(profile)
                if snapshot["settings"].get("credit_limit_by_request") or any(
                    snapshot["gates"].get(gate, {}).get("mode") == "enforce"
                    for gate in ("credit", "credit_shipment", "payment_before_shipment")
                ):
                    found.add(company.id)
        return frozenset(found)
