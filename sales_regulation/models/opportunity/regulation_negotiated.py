# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import Refusal


class RegulationNegotiated(models.AbstractModel):
    """With customers of some tiers a manager negotiates too (S0-17, S3-49, C08).

    His part is a contact with the customer that he has recorded and handed in himself: what
    the salesperson writes about him proves nothing.
    """

    _name = "regulation.negotiated"
    _description = "Negotiated with a Manager"

    def _negotiation_since(self):
        """``{id: moment}`` from which a contact belongs to this negotiation (naive UTC).

        To the second: contacts are dated so, documents more exactly.
        """
        return {record.id: record.create_date.replace(microsecond=0) for record in self}

    def _negotiation_concerned(self, policies, company):
        """Those of these records whose customer is of such a tier. One query."""
        Profile = self.env["regulation.profile"]
        tiers = self.partner_id.commercial_partner_id._ka_tiers(company)
        lines = {policy: Profile._tier_policies(policy) for policy in set(policies.values())}

        def concerned(record):
            tier = tiers.get(record.partner_id.commercial_partner_id.id)
            line = lines[policies[record.id]].get(tier.id) if tier else None
            return bool(line and line.manager_in_negotiation)

        return self.filtered(concerned)

    def _gate_manager_negotiation(self, policies, **facts):
        """A manager of the salesperson has been in contact with the customer himself."""
        refusals = {}
        for company, records in self.grouped(lambda record: record._regulation_company()).items():
            due = records.filtered("partner_id")._negotiation_concerned(policies, company)
            if not due:
                continue
            managers = {user: user._negotiating_managers(company) for user in due.user_id}
            contacts = self.env["sales.contact"]._reached_by(
                due.partner_id.commercial_partner_id,
                self.env["res.users"].union(*managers.values()),
                company,
            )
            since = due._negotiation_since()
            for record in due:
                people = managers.get(record.user_id, self.env["res.users"])
                if any(
                    user in people and moment >= since[record.id]
                    for user, moment in contacts.get(record.partner_id.commercial_partner_id, ())
                ):
                    continue
                refusals[record.id] = Refusal(
                    reason=self.env._(
                        "With customers of this tier a manager takes part in the negotiation."
                    ),
                    missing=(
                        self.env._("A contact with the customer that the manager has recorded."),
                    ),
                    helper_ids=tuple(people.ids),
                )
        return refusals


class ResUsers(models.Model):
    _inherit = "res.users"

    def _negotiating_managers(self, company):
        """Who may take the manager's part: his managers, or he himself where he leads a team."""
        self.ensure_one()
        leads = self.sudo().crm_team_member_ids.crm_team_id.user_id
        return self._department_managers(company) | (self & leads)
