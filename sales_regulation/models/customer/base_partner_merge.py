# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Orders, debts and contacts pass to another customer in SQL, past the guard of
        ``res.partner.write``: the same rule holds as for joining him."""
        if companies := src_partners._entity_lenders():
            entity = dst_partner.sudo().commercial_partner_id
            sources = src_partners.sudo()
            # Nothing is left of a customer who had neither orders nor terms
            stakes = {
                partner: {**before, "is_company": False}
                for partner, before in sources._entity_stakes(companies).items()
            }
            sources._entity_check_moves(stakes, dict.fromkeys(sources, entity))
            if src_partners._entity_agreements(companies):
                raise UserError(
                    self.env._(
                        "A payment agreement holds for the customer with whom it was made. Merge"
                        " into the contact that has it, or let finance end it first."
                    )
                )
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_reference_fields(self, src_partners, dst_partner):
        """Agreed terms do not move to another customer by a merge.

        The values per company are merged in SQL, past the guard of ``res.partner.write``.
        """
        if not self.env["regulation.profile"]._regulated_companies():
            return super()._update_reference_fields(src_partners, dst_partner)
        before = self._credit_terms_stored(dst_partner)
        result = super()._update_reference_fields(src_partners, dst_partner)
        after = self._credit_terms_stored(dst_partner)
        for company in self.env["res.company"].sudo().search([]):
            if self.env["regulation.profile"]._credit_by_request(company) and any(
                (old or {}).get(str(company.id)) != (new or {}).get(str(company.id))
                for old, new in zip(before, after, strict=True)
            ):
                raise AccessError(
                    self.env._(
                        "%(customer)s would take over a credit limit that was not agreed with"
                        " it. Merge into the contact that has the limit, or ask for one by a"
                        " credit request.",
                        customer=dst_partner.display_name,
                    )
                )
        return result

    def _credit_terms_stored(self, partner):
        names = partner._credit_agreed_fields
        partner.flush_recordset(names)
        [row] = self.env.execute_query(
            SQL(
                "SELECT %s FROM res_partner WHERE id = %s",
                SQL(", ").join(SQL.identifier(name) for name in names),
                partner.id,
            )
        )
        return row
