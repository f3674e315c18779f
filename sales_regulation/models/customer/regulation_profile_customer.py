# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.policy import (
    strictest_any,
    strictest_in,
    strictest_nonzero_min,
    union_ids,
)


class RegulationProfile(models.Model):
    """How customers are classed and to whom they belong (C06, C08)."""

    _inherit = "regulation.profile"

    tier_ids = fields.One2many(
        comodel_name="regulation.profile.tier",
        inverse_name="profile_id",
        string="Customer Tiers",
        copy=True,
    )
    tier_criterion_ids = fields.One2many(
        comodel_name="regulation.tier.criterion",
        inverse_name="profile_id",
        string="Criteria of the Scoring Sheet",
        copy=True,
    )
    dossier_item_ids = fields.One2many(
        comodel_name="regulation.dossier.item",
        inverse_name="profile_id",
        string="Customer Dossier",
        copy=True,
    )
    ownership_mode = fields.Selection(
        selection=[
            ("none", "Not regulated"),
            ("never", "Registered, never lapses"),
            ("keep", "Lapsed customers stay until somebody registers them"),
            ("release", "Lapsed customers go back to the pool"),
        ],
        string="Ownership of Customers",
        default="none",
        required=True,
        help="A customer belongs to who has registered him, as long as contact does not pause"
        " for longer than the days below.",
    )
    ownership_days = fields.Integer(
        string="Protected for (days)",
        default=7,
        help="Calendar days since the last contact; on the last of them he is still protected.",
    )
    ownership_warn_days = fields.Integer(
        string="Warn before (days)",
        help="So many days before a customer goes back to the pool his owner gets a task.",
    )
    ownership_cap = fields.Integer(
        string="Customers per Person", help="How many one person may own at most. 0: no limit."
    )
    ownership_daily_claims = fields.Integer(
        string="Claims per Day",
        help="How many customers one person may register on one day. 0: no limit.",
    )
    ownership_wait_days = fields.Integer(
        string="Former Owner waits (days)",
        help="So long after he has lost a customer he may not register him again.",
    )
    ownership_contract_exempt = fields.Boolean(
        string="Not with a running Contract",
        default=True,
        help="Customers with a signed contract that has not ended do not lapse.",
    )

    ownership_lead_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_owner_lead_role_rel",
        string="May give Leads of owned Customers",
        help="Who has one of these roles may give a lead of a customer who is registered for"
        " somebody to another salesperson. Empty: nobody; the customer changes his owner first.",
    )

    @api.constrains(
        "ownership_days",
        "ownership_warn_days",
        "ownership_cap",
        "ownership_daily_claims",
        "ownership_wait_days",
    )
    def _check_ownership_figures(self):
        names = (
            "ownership_days",
            "ownership_warn_days",
            "ownership_cap",
            "ownership_daily_claims",
            "ownership_wait_days",
        )
        if any(profile[name] < 0 for profile in self for name in names):
            raise ValidationError(
                self.env._("Figures of the ownership of customers are 0 or more.")
            )

    def _check_complete(self):
        super()._check_complete()
        for profile in self.filtered("tier_criterion_ids"):
            total = sum(profile.tier_criterion_ids.mapped("weight"))
            if round(total, 2) != 100:
                raise UserError(
                    self.env._(
                        "%(profile)s: the weights of the scoring sheet are %(total)s %% together"
                        " instead of 100 %%.",
                        profile=profile.display_name,
                        total=round(total, 2),
                    )
                )

    @api.model
    def _strictness(self):
        return super()._strictness() | {
            "tier_ids": union_ids,
            "dossier_item_ids": union_ids,
            "ownership_mode": strictest_in("none", "release", "keep", "never"),
            "ownership_days": max,
            "ownership_warn_days": max,
            "ownership_cap": strictest_nonzero_min,
            "ownership_daily_claims": strictest_nonzero_min,
            "ownership_wait_days": max,
            "ownership_contract_exempt": strictest_any,
            # Nobody named means nobody: those whom every regulation names
            "ownership_lead_role_ids": lambda values: tuple(
                one for one in values[0] if all(one in value for value in values[1:])
            ),
        }

    @api.model
    def _companies_owning(self):
        """Ids of the companies in which some regulation in force says to whom customers belong.

        Cached: no query.
        """
        found = set()
        for company in self.env["res.company"].sudo().browse(self._regulated_companies()):
            if self._owns_in(company):
                found.add(company.id)
        return frozenset(found)

    @api.model
    def _owns_in(self, company):
        return any(
            self._snapshot(profile)["settings"].get("ownership_mode", "none") != "none"
            for profile, _kind, _place in self._assignments_on(
                company.id, company._regulation_today()
            )
        )

    @api.model
    def _tier_policies(self, policy):
        """``{ka.tier id: regulation.profile.tier}`` of a policy; the leading profile first."""
        lines = self.env["regulation.profile.tier"].sudo().browse(policy.get("tier_ids", ()))
        found = {}
        for line in lines:
            found.setdefault(line.tier_id.id, line)
        return found

    @api.model
    def _tier_values(self, policy, name):
        """``{ka.tier id: value of ``name``}`` of a policy, as ``_tier_policies``; cached."""
        return self.env["regulation.profile.tier"]._values(policy.get("tier_ids", ()), name)
