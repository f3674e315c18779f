# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from odoo.addons.sales_regulation.tools import engine


class Base(models.AbstractModel):
    """The doors that every model has: export and duplicate (S4-048), links with a token."""

    _inherit = "base"

    @api.private
    def copy_data(self, default=None):
        # True values, beyond every mask, of files their content: for the duplicate itself, which
        # the server makes. No client of Odoo's asks for them
        return super().copy_data(default)

    def export_data(self, fields_to_export):
        self.env["confidentiality.model"]._check_export(self, fields_to_export)
        return super().export_data(fields_to_export)

    def copy(self, default=None):
        self.env["confidentiality.model"]._check_copy(self)
        return super().copy(default)

    # === LINKS END WITH THE RIGHT === #

    def write(self, vals):
        """Links that were handed out end when a record changes hands or becomes more secret."""
        row = self._confidentiality_row() if "access_token" in self._fields else None
        watched = row and {row.owner_field, row.label_field}.intersection(vals)
        before = watched and self._confidentiality_hands(row)
        result = super().write(vals)
        if watched and self.env["confidentiality.model"]._protection().guarded:
            after = self._confidentiality_hands(row)
            changed = self.browse(key for key, value in after.items() if before.get(key) != value)
            changed._confidentiality_end_tokens()
        return result

    def _confidentiality_hands(self, row):
        return {
            record.id: (row.owner_field and record[row.owner_field].id, record[row.label_field].id)
            for record in self.sudo()
        }

    def _confidentiality_end_tokens(self):
        """Portal and attachment links of classified records open nothing any more (C52)."""
        guarded = self.env["confidentiality.model"]._protection().guarded
        ended = self.sudo().filtered(
            lambda record: record.access_token and record._confidentiality_label().id in guarded
        )
        if ended:
            engine(ended).write({"access_token": False})
        attachments = self.env["ir.attachment"].sudo()
        attachments.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("access_token", "!=", False),
            ]
        ).write({"access_token": False})

    def _confidentiality_token_holds(self):
        """Whether a link to the record opens it for a stranger to the system.

        Only as long as the record's owner may read it himself; of the levels that say so only
        if its customer has a valid NDA.
        """
        self.ensure_one()
        registry = self.env["confidentiality.model"].sudo()
        row = registry._protection().models.get(self._name)
        for label in registry._classified(self.sudo()):
            if label.mode != "enforce":
                continue
            owner = row.owner_field and self.sudo()[row.owner_field]
            if owner and not registry._readers(self, owner):
                return False
            if label.handling.customer_nda:
                customer = self.sudo().partner_id if "partner_id" in self._fields else None
                company = self.sudo().company_id if "company_id" in self._fields else None
                if not customer or not customer._confidentiality_with_nda(company):
                    return False
        return True
