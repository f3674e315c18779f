# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ...tools import Access


class ConfidentialityGrant(models.Model):
    """What a business partner sees of what is labelled: nothing before his company signed."""

    _inherit = "confidentiality.grant"

    @api.model
    def _access_of_party(self, user, protection, modes):
        """The rights of a portal user, None if nothing is withheld from him.

        :rtype: Access or None
        """
        user = user.sudo()
        if user._is_public():
            return None
        ndas = self.env["confidentiality.nda"].sudo()
        withheld = ndas._withheld_labels(user.partner_id, user.company_id, protection, modes)
        if not withheld:
            return None
        return Access(
            user_id=user.id,
            full=tuple(label.id for label in protection.labels if label.id not in withheld),
            card=(),
            own=(),
            shared={},
            mates={"team": (), "department": ()},
            closed=frozenset(),
            party=True,
        )


class ConfidentialityNda(models.Model):
    _inherit = "confidentiality.nda"

    @api.model
    def _withheld_labels(self, partner, company, protection, modes):
        """Ids of the labels that a business partner may not see or get (S4-037, S4-047).

        Partners and dealers sign always, if the regulation says so; customers where the level
        demands it.
        """
        policy = self.env["regulation.profile"]._resolve(
            {0: (company, self.env["res.users"], self.env["crm.team"])}
        )[0]
        dealer = partner.sudo().commercial_partner_id.confidentiality_party == "partner"
        withheld = {
            label.id
            for label in protection.labels
            if label.mode in modes
            and not label.open
            and (policy.get("nda_partner") if dealer else label.handling.customer_nda)
        }
        if withheld and self._valid_partners(partner, company):
            return set()
        return withheld

    @api.model
    def _withheld_documents(self, documents, partner=None):
        """Those of ``documents`` that their party, or ``partner``, may not see or get yet.

        For whatever hands a document to an outsider: portal links, mail, downloads.
        """
        protection = self.env["confidentiality.model"]._protection()
        row = protection.models.get(documents._name)
        if (
            row is None
            or not row.label_field
            or "partner_id" not in documents._fields
            or protection.modes.isdisjoint(("enforce",))
        ):
            return documents.browse()
        known = {}

        def withheld(document):
            company = document.company_id or self.env.company
            party = (partner or document.partner_id).commercial_partner_id
            if (party, company) not in known:
                known[party, company] = self._withheld_labels(
                    party, company, protection, ("enforce",)
                )
            return document[row.label_field].id in known[party, company]

        return documents.sudo().filtered(withheld).with_env(documents.env)


class SalesContract(models.Model):
    _inherit = "sales.contract"

    def _portal_open(self):
        return super()._portal_open() and not self.env["confidentiality.nda"].sudo()._withheld_documents(
            self
        )
