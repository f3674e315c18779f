# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.sales_regulation.tools.policy import strictest_nonzero_min


class RegulationProfile(models.Model):
    """Which examination the regulation demands, and how long passing it counts (C54)."""

    _inherit = "regulation.profile"

    confidentiality_exam_id = fields.Many2one(
        comodel_name="survey.survey",
        string="Examination",
        ondelete="restrict",
        domain="[('confidentiality_exam', '=', True)]",
        help="The certification that counts as the confidentiality examination. Its pass mark"
        " and its attempts are set there.",
    )
    confidentiality_exam_months = fields.Integer(
        string="Passed for (months)",
        default=12,
        help="So long a passed examination counts (定期考核). 0: without end.",
    )

    @api.constrains("confidentiality_exam_months")
    def _check_confidentiality_exam_months(self):
        if any(profile.confidentiality_exam_months < 0 for profile in self):
            raise ValidationError(self.env._("Months are 0 or more."))

    @api.constrains("confidentiality_exam_id")
    def _check_is_exam(self):
        for survey in self.sudo().confidentiality_exam_id:
            if not survey.confidentiality_exam:
                raise ValidationError(
                    self.env._("%s is no confidentiality examination.", survey.title)
                )

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            "confidentiality_exam_months": strictest_nonzero_min,
        }
