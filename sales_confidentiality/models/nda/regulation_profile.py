# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationProfile(models.Model):
    """What the regulation demands before somebody works with what is confidential (C53)."""

    _inherit = "regulation.profile"

    nda_staff = fields.Boolean(
        string="NDA of Staff",
        help="Everybody covered is asked to sign the NDA of employees (保密承诺书). Whether records"
        " are withheld without it, the levels say.",
    )
    nda_partner = fields.Boolean(
        string="NDA of Partners",
        help="Partners and dealers see or get nothing that is labelled, on the portal or by a"
        " link, until their company has signed. Of customers the level says so.",
    )
    nda_resign = fields.Boolean(
        string="Sign again with this Version",
        help="When this version is published, everybody covered signs the NDA again; what was"
        " signed before counts for the days of grace of the wording.",
    )

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            "nda_staff": any,
            "nda_partner": any,
            "nda_resign": any,
        }

    def _after_publish(self):
        result = super()._after_publish()
        ndas = self.env["confidentiality.nda"].sudo()
        for profile in self.sudo().filtered("nda_staff"):
            for company in profile.assignment_ids.company_id:
                if profile.nda_resign and profile.previous_id:
                    ndas._sign_again(company)
                ndas.with_company(company)._ask_staff(company)
        return result


class ConfidentialityNda(models.Model):
    _inherit = "confidentiality.nda"

    @api.model
    def _sign_again(self, company):
        """Another regulation: the agreements of staff count for the days of grace only."""
        signed = self.search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", "employee"),
                ("state", "=", "signed"),
                ("user_id", "in", self._obliged(company).ids),
            ]
        )
        template = self.env["confidentiality.nda.template"]._current("employee", company)
        if template:
            self._run_out(company, signed, template.grace_days)
