# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import ValidationError

from ...tools import label_index

CREDIT = (
    "credit",
    "credit_limit",
    "use_partner_credit_limit",
    "credit_to_invoice",
    "total_invoiced",
    "regulation_credit_rating",
    "regulation_credit_limit",
    "regulation_credit_receivable",
    "regulation_credit_ordered",
    "regulation_credit_used",
    "regulation_credit_left",
    "regulation_overdue_30",
    "regulation_overdue_60",
    "regulation_overdue_90",
    "regulation_overdue_more",
)
#: what the name of a partner says beyond his name, asked for by the context
_BEYOND_KEYS = ("show_email", "show_vat", "partner_show_db_id")
#: ... and what the base card says too: where goods are delivered
_NAME_KEYS = (*_BEYOND_KEYS, "show_address", "address_inline")


class ResPartner(models.Model):
    """The dossier of a confidential customer; his base card stays for those who work with him.

    Colleagues of the owner's team share the base card (S3-23), the rest follows label and
    grant (S3-24).
    """

    _name = "res.partner"
    _inherit = ["res.partner", "regulation.protected", "confidentiality.masked"]

    _masked_rights = dict.fromkeys(CREDIT, "credit")
    _masked_beyond_card = frozenset(
        {
            "phone",
            "phone_sanitized",
            "phone_mobile_search",
            "email",
            "email_normalized",
            "email_formatted",
            "vat",
            "company_registry",
            "website",
            "comment",
            "ref",
            "function",
            "industry_id",
            "category_id",
            "properties",
            "global_location_number",
            "peppol_endpoint",
            "invoice_emails",
            "same_vat_partner_id",
            "same_company_registry_partner_id",
            # terms and money
            "property_product_pricelist",
            "specific_property_product_pricelist",
            "property_payment_term_id",
            "property_supplier_payment_term_id",
            "bank_ids",
            "bank_account_count",
            "trust",
            "debit",
            "days_sales_outstanding",
            "sale_warn_msg",
            "purchase_warn_msg",
            # dossier
            "nda_valid_until",
            "dossier_complete",
            "dossier_missing",
            "dossier_review_due",
            "dossier_reviewed_on",
            "dossier_needs",
            "dossier_scope",
            "dossier_process",
            "dossier_competitors",
            "dossier_role",
            # the history of the record repeats them, and what else is known of the customer
            "message_ids",
            "website_message_ids",
            "activity_ids",
            "activity_summary",
        }
    )
    _masked_partly = {
        "phone": (3, 4),
        "phone_sanitized": (3, 4),
        "email": (1, 4),
        "email_normalized": (1, 4),
    }

    _confidentiality_idx = label_index("user_id")

    @api.constrains("confidentiality_label_id")
    def _check_not_a_company(self):
        labelled = self.filtered("confidentiality_label_id")
        if labelled and self.env["res.company"].sudo().search_count(
            [("partner_id", "in", labelled.ids)], limit=1
        ):
            raise ValidationError(self.env._("One's own company is no secret: it has no label."))

    def _confidentiality_raise(self, labels):
        """One's own companies and people are no secret: no rule labels them."""
        own = set(self.env["confidentiality.model"]._company_partners())
        others = self.filtered(lambda partner: partner.partner_share and partner.id not in own)
        return super(ResPartner, others)._confidentiality_raise(labels)

    @api.depends_context("uid")
    def _compute_display_name(self):
        if not any(self.env.context.get(key) for key in _NAME_KEYS):
            return super()._compute_display_name()
        # Labels of many2one fields are read as superuser, for the same person
        access = self.env["confidentiality.grant"]._access_of(self.env.user)
        if access is None or not self._masked_by_record():
            return super()._compute_display_name()
        legible = self._legible(access)
        super(ResPartner, legible.with_env(self.env))._compute_display_name()
        masked = self - legible
        hidden = masked.browse(masked.sudo(False)._concealed())
        for keys, records in ((_NAME_KEYS, hidden), (_BEYOND_KEYS, masked - hidden)):
            plain = records.with_context(**dict.fromkeys(keys, False))
            # Asked for directly: while the names are computed, a read of them would be empty
            super(ResPartner, plain)._compute_display_name()
            for record, named in zip(records, plain, strict=True):
                record.display_name = named.display_name
        return None
