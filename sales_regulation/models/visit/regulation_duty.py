# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RegulationDuty(models.Model):
    _inherit = "regulation.duty"

    contact_kind = fields.Selection(
        selection=[("visit", "A visit"), ("any", "Any contact that counts")],
        string="Fulfilled by",
        help="What fulfils a duty on customers: visits or contacts recorded by the owner of the"
        " customer or his delegate (拜访频率). Empty: its own documents.",
    )

    @api.constrains("contact_kind", "subject_model")
    def _check_contact_kind(self):
        for duty in self:
            if duty.contact_kind and duty.subject_model != "res.partner":
                raise ValidationError(
                    self.env._("%s: contacts fulfil duties on customers only.", duty.name)
                )

    def _record_since(self, records, company):
        """A cadence counts from the day on which the customer got his tier, and his owner: a
        period in which he had another is judged by neither."""
        since = super()._record_since(records, company)
        if self.subject_model != "res.partner":
            return since
        if "ka_tier_id" in (self.subject_domain or ""):
            since |= self._tier_since(records, company)
        if self.who != "role":
            for partner_id, day in self._owner_since(records, company).items():
                since[partner_id] = max(day, since.get(partner_id) or day)
        return since

    @api.model
    def _owner_since(self, customers, company):
        """``{customer id: day from which he is his present owner's}``, of those who have come
        to him under the regulation. One query."""
        if company.id not in self.env["regulation.profile"]._companies_owning():
            return {}
        rows = (
            self.env["customer.registration"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", customers.ids),
                    ("state", "=", "active"),
                    ("how", "!=", "existing"),
                ]
            )
        )
        return {
            row.partner_id.id: company._regulation_local(row.registered_at).date() for row in rows
        }

    @api.model
    def _tier_since(self, customers, company):
        """``{customer id: first day of his present tier}``. One query."""
        rows = (
            self.env["ka.tier.assignment"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", customers.ids),
                    ("company_id", "=", company.id),
                    ("date_to", "=", False),
                ]
            )
        )
        return {row.partner_id.id: row.date_from for row in rows}

    @api.model
    def _contact_codes(self, kinds):
        """Codes of the duties of published regulations that contacts of these kinds fulfil."""
        duties = self.sudo().search(
            [
                ("contact_kind", "in", kinds),
                ("profile_id.state", "in", ("trial", "active", "retired")),
            ]
        )
        return sorted(set(duties.mapped("code")))
