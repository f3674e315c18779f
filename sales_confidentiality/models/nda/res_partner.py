# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError

from .confidentiality_nda_template import OFFICER


class ResPartner(models.Model):
    _inherit = "res.partner"

    confidentiality_party = fields.Selection(
        selection=[("customer", "Customer"), ("partner", "Partner or dealer")],
        string="NDA as",
        default="customer",
        help="Partners and dealers sign before they see anything that is labelled; of customers"
        " the level says so. Set by the confidentiality officer.",
    )
    nda_valid_until = fields.Char(string="NDA", compute="_compute_nda", compute_sudo=True)

    @api.depends_context("company")
    def _compute_nda(self):
        """Until when the company's agreement counts; one query for a whole list."""
        self.nda_valid_until = False
        company = self.env.company
        if company.id not in self.env["regulation.profile"]._regulated_companies():
            return
        today = company._regulation_today()
        ndas = self.env["confidentiality.nda"]
        rows = ndas._read_group(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", company.id),
                *ndas._running_domain(today),
            ],
            ["partner_id"],
            ["valid_until:array_agg"],
        )
        until = {
            partner.id: "" if None in days else fields.Date.to_string(max(days))
            for partner, days in rows
        }
        for partner in self:
            found = until.get(partner.commercial_partner_id.id)
            partner.nda_valid_until = (
                self.env._("Without end") if found == "" else found or self.env._("None")
            )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "confidentiality_party"]

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.filtered(
            lambda partner: partner.confidentiality_party == "partner" and not partner.parent_id
        )._check_party_officer()
        return partners

    def write(self, vals):
        if "confidentiality_party" in vals and any(
            partner.confidentiality_party != vals["confidentiality_party"] for partner in self
        ):
            self._check_party_officer()
        return super().write(vals)

    def _check_party_officer(self):
        if self and not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(
                self.env._(
                    "The confidentiality officer says who signs as a partner (S4-037)."
                )
            )

    def action_request_nda(self):
        """Draft the agreement of this business partner, and open it (S4-037, S4-047)."""
        self.ensure_one()
        self.check_access("read")
        partner = self.commercial_partner_id
        company = self.env.company
        ndas = self.env["confidentiality.nda"]
        kind = partner.confidentiality_party or "customer"
        nda = ndas.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("state", "in", ("draft", "sent")),
            ],
            limit=1,
        )
        if not nda:
            template = self.env["confidentiality.nda.template"]._current(kind, company)
            nda = ndas.create({"partner_id": partner.id, "template_id": template.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "confidentiality.nda",
            "res_id": nda.id,
            "view_mode": "form",
        }
