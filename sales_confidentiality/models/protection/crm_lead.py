# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain

from ...tools import label_index

#: what a lead copies of its customer beyond his base card
_COPIED = ("phone", "email_from", "website")
#: an object does not travel over RPC: only our own search for duplicates carries it
_DUPLICATES = object()


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "regulation.protected"]

    _confidentiality_idx = label_index("user_id")

    # === WHAT A LEAD COPIES OF ITS CUSTOMER === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["confidentiality.grant"]._access_of(self.env.user) is None:
            return super().create(vals_list)
        given = self.default_get(["partner_id"]).get("partner_id")
        # Given as empty: whoever computes it later could be the system
        empty = dict.fromkeys(_COPIED, False)
        return super().create(
            [
                {**empty, **vals} if self._card_only(vals.get("partner_id", given)) else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if not self._card_only(vals.get("partner_id")):
            return super().write(vals)
        with self.env.protecting([self._fields[name] for name in _COPIED], self):
            return super().write(vals)

    def _compute_phone(self):
        return super(CrmLead, self - self._of_base_card())._compute_phone()

    def _compute_email_from(self):
        return super(CrmLead, self - self._of_base_card())._compute_email_from()

    def _compute_website(self):
        return super(CrmLead, self - self._of_base_card())._compute_website()

    def _compute_partner_phone_update(self):
        # Whether it differs from the customer's would be an answer to who types one
        closed = self._of_base_card()
        closed.partner_phone_update = False
        return super(CrmLead, self - closed)._compute_partner_phone_update()

    def _compute_partner_email_update(self):
        closed = self._of_base_card()
        closed.partner_email_update = False
        return super(CrmLead, self - closed)._compute_partner_email_update()

    def _of_base_card(self):
        """Those of whose customer the person sees the base card only: nothing beyond it is
        copied for him into a document that is his own."""
        closed = set(self._card_only(self.partner_id._origin.ids)._ids)
        return self.filtered(lambda lead: lead.partner_id._origin.id in closed)

    @api.model
    def _card_only(self, partner_ids):
        """Those of these partners that the person does not read in full."""
        partners = self.env["res.partner"].sudo().browse(partner_ids or ())
        if not partners:
            return partners
        access = self.env["confidentiality.grant"]._access_of(self.env.user)
        if access is None or access.party or not partners._masked_by_record():
            return partners.browse()
        return partners - partners._legible(access)

    # === DUPLICATES === #

    @api.depends_context("uid")
    def _compute_potential_lead_duplicates(self):
        """Odoo looks for duplicates as superuser: who types a hidden customer's phone or domain
        would learn that he is worked on."""
        if self.env["confidentiality.grant"]._access_of(self.env.user) is None:
            return super()._compute_potential_lead_duplicates()
        leads = self.with_context(confidentiality_duplicates=_DUPLICATES)
        return super(CrmLead, leads)._compute_potential_lead_duplicates()

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Hidden duplicates are not found at all: taken out afterwards they would still count for
        Odoo's limit, beyond which it drops all that it found."""
        if self.env.context.get("confidentiality_duplicates") is _DUPLICATES:
            access = self.env["confidentiality.grant"]._access_of(self.env.user)
            visible = self.env["ir.rule"]._label_rule(self._name, access)
            if visible is not None:
                domain = Domain(domain) & visible
        return super()._search(domain, *args, **kwargs)
