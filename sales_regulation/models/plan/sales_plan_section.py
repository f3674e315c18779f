# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class SalesPlanSection(models.Model):
    """What a plan says on one subject (S4-119, S4-130, S2-08)."""

    _name = "sales.plan.section"
    _description = "Section of a Plan"
    _inherit = ["regulation.submittable.line"]
    _order = "plan_id, sequence, id"

    _approval_document_field = "plan_id"
    _approval_content_fields = ("kind_id", "content")

    _kind_uniq = models.Constraint("UNIQUE(plan_id, kind_id)", "A plan has one section of a kind.")

    plan_id = fields.Many2one(
        comodel_name="sales.plan", required=True, ondelete="cascade", index=True
    )
    kind_id = fields.Many2one(
        comodel_name="sales.plan.section.kind",
        string="Section",
        required=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(related="kind_id.sequence", store=True)
    description = fields.Text(related="kind_id.description")
    content = fields.Text()

    @api.depends("kind_id", "plan_id")
    def _compute_display_name(self):
        for section in self:
            section.display_name = f"{section.plan_id.display_name}: {section.kind_id.name}"
