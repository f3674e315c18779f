# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ...tools import label_index

#: what a lead copies of its customer beyond his base card
_COPIED = ("phone", "email_from", "website")


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

    # === WHAT ODOO LOOKS UP AS SUPERUSER === #

    @api.depends_context("uid")
    def _compute_potential_lead_duplicates(self):
        """Who types a hidden customer's phone or domain does not learn that he is worked on."""
        leads = self._looking_up(self._name)
        return super(CrmLead, leads)._compute_potential_lead_duplicates()

    @api.depends_context("uid")
    def _compute_meeting_display(self):
        """The date of a meeting that the person may not see is not on its lead either."""
        leads = self._looking_up("calendar.event")
        return super(CrmLead, leads)._compute_meeting_display()
