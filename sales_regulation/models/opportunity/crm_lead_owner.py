# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import Refusal, engine, judging


class CrmLead(models.Model):
    """The leads of an owned customer are his owner's (C06, invariant 6).

    Judged after the write, where a lead got another salesperson or another customer. A person is
    refused; what arrives by itself (mail, form, assignment) goes to the owner instead.
    """

    _inherit = "crm.lead"

    def _guard_owner(self, seen=None):
        """Judge to whom these leads were given.

        :param dict seen: whose they were, and of which customer: ``{id: Seen}``
        """
        if not self.env["regulation.profile"]._companies_owning():
            return
        leads = self.sudo().filtered(
            lambda lead: lead.user_id
            and lead.partner_id
            and (
                not seen
                or (lead.user_id, lead.partner_id.commercial_partner_id)
                != (seen[lead.id].user, seen[lead.id].entity)
                or lead._regulation_company() != seen[lead.id].company
            )
        )
        if not leads:
            return
        self._lock_owners(leads.partner_id)
        with judging(self.env):
            if not self._by_a_person():
                leads._give_to_owners()
            self.browse(leads.ids)._gate_pass("owner")

    def _lock_owners(self, partners):
        """Whoever registers one of these customers meanwhile comes before or after us."""
        entities = partners.sudo().commercial_partner_id
        self.env["regulation.commitment"]._lock([("owner", one) for one in entities.ids])
        entities.invalidate_recordset(["user_id"])

    def _give_to_owners(self):
        """What nobody has given by hand goes to the owner of the customer, or to nobody."""
        stopped = [
            refusal.record.id
            for refusal in self._gate_refusals("owner")
            if refusal.mode == "enforce" and not refusal.release_id
        ]
        leads = self.browse(stopped)
        if not leads:
            return
        owners = leads._customer_owners()
        for owner, group in leads.grouped(lambda lead: owners.get(lead.id)).items():
            engine(group).write({"user_id": owner.id if owner else False})
        self.env["regulation.register"]._record(
            "lead_to_owner",
            leads,
            subject_id=lambda lead: lead.user_id.id,
            company_id=lambda lead: lead._regulation_company().id,
        )

    def _customer_owners(self):
        """Who owns the customer of each lead and can have it: ``{id: user}``."""
        Registration = self.env["customer.registration"]
        leads = self.sudo()
        held = {
            company: Registration._holders(group.partner_id, company)
            for company, group in leads.grouped(lambda one: one._regulation_company()).items()
        }
        owners = {}
        for lead in leads:
            for row in held[lead._regulation_company()].get(lead.partner_id.id, ()):
                owner = self.env["res.users"].sudo().browse(row.owner_id)
                if owner.active and lead._regulation_company() in owner.company_ids:
                    owners.setdefault(lead.id, owner)
        return owners

    def _gate_customer_owner(self, policies, given=None, consent=False, **facts):
        """A lead of an owned customer is given to his owner, or to who stands in for him.

        :param dict given: ``{lead id: (user, customers)}`` where it is not what the lead says
        :param bool consent: the department manager has agreed to a hand-over
        """
        given = given or {lead.id: (lead.user_id, lead.partner_id) for lead in self}
        Registration = self.env["customer.registration"]
        held = {}
        for company, leads in self.grouped(lambda lead: lead._regulation_company()).items():
            partners = self.env["res.partner"].union(*(given[lead.id][1] for lead in leads))
            found = Registration._holders(partners, company)
            held |= {(company, partner): rows for partner, rows in found.items()}
        Users = self.env["res.users"].sudo()
        owners = Users.browse({row.owner_id for rows in held.values() for row in rows})
        deputies = self.env["regulation.delegation"]._deputies_of(owners) if owners else {}
        refusals = {}
        for lead in self:
            user, customers = given[lead.id]
            company = lead._regulation_company()
            for partner in customers if user else ():
                rows = held.get((company, partner.id))
                if not rows or any(
                    user.id == row.owner_id or user.id in deputies.get(row.owner_id, ())
                    for row in rows
                ):
                    continue
                owner = Users.browse(rows[0].owner_id)
                if consent and lead._passes_in_team(owner, user, company):
                    continue
                if self.env["regulation.role"].browse(
                    policies[lead.id].get("ownership_lead_role_ids") or ()
                )._held_by(self.env.user, company):
                    continue
                refusals[lead.id] = Refusal(
                    reason=Registration._taken_message(partner.commercial_partner_id, rows[0]),
                    missing=(
                        self.env._("The lead goes to the owner of the customer, or a manager decides."),
                    ),
                    helper_ids=tuple(self.env.user._department_managers(company).ids),
                )
        return refusals

    def _passes_in_team(self, owner, user, company):
        """Whether the owner's manager decides, and for a colleague of the owner's sales team."""
        return owner._department_manager_is(self.env.user, company) and bool(
            user.sudo().crm_team_member_ids.crm_team_id & owner.crm_team_member_ids.crm_team_id
        )

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        """Nobody takes a lead of an owned customer by merging it into another."""
        if not self.env["regulation.profile"]._companies_owning():
            return super()._merge_opportunity(user_id, team_id, auto_unlink, max_length)
        before = {lead.id: (lead.user_id, lead.partner_id) for lead in self.sudo()}
        head = super()._merge_opportunity(user_id, team_id, auto_unlink, max_length)
        user = head.sudo().user_id
        customers = self.env["res.partner"].union(
            *(partner for owner, partner in before.values() if owner and owner != user)
        )
        if user and customers:
            self._lock_owners(customers)
            with judging(self.env):
                head._gate_pass("owner", given={head.id: (user, customers)})
        return head
