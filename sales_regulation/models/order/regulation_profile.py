# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ...tools.policy import strictest_any, strictest_max, strictest_min, union_ids


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    price_authority_ids = fields.One2many(
        comodel_name="regulation.price.authority",
        inverse_name="profile_id",
        string="Price Authorities",
        copy=True,
        help="Who may go how far from the reference price. A role that is not named has 0 %.",
    )
    price_ceiling = fields.Boolean(
        string="Check Surcharges",
        help="Prices above the reference price need an authority too (ceiling, 限價).",
    )
    price_change_by_request = fields.Boolean(
        string="Price Changes by Request",
        help="List prices and pricelist rules of the companies covered change only through an"
        " approved price change request (調價申請).",
    )
    order_review_min_amount = fields.Float(
        string="Review from Amount",
        digits=(16, 2),
        help="Orders from this untaxed amount, in company currency, need the manager's review"
        " before they are confirmed (訂單評審). 0: every order.",
    )
    order_split_days = fields.Integer(
        string="Orders count together within (days)",
        help="Whether an order reaches the amounts from which it needs a review or a contract is"
        " judged together with the orders that the same person has confirmed for the same"
        " customer in so many days before. 0: each order by itself.",
    )
    order_change_delivery = fields.Boolean(
        string="Delivery Costs stay open",
        default=True,
        help="Delivery cost lines may be added and adjusted after the confirmation.",
    )

    _split_days = models.Constraint(
        "CHECK(order_split_days >= 0)", "The days within which orders count are 0 or more."
    )

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            "price_authority_ids": union_ids,
            "price_ceiling": strictest_any,
            "price_change_by_request": strictest_any,
            "order_review_min_amount": strictest_min,
            "order_split_days": strictest_max,
            "order_change_delivery": all,
        }

    @api.model
    def _companies_with(self, setting):
        """Ids of the companies in which some profile in force sets the switch ``setting``.

        For master data, which has no owner: one profile of the company suffices. Cached.
        """
        found = set()
        for company in self.env["res.company"].sudo().browse(self._regulated_companies()):
            for profile_id, _kind, _place in self._assignments_on(
                company.id, company._regulation_today()
            ):
                if self._snapshot(profile_id)["settings"].get(setting):
                    found.add(company.id)
        return frozenset(found)
