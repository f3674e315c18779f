# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.sales_regulation.tools import Refusal, engine


class SampleRequest(models.Model):
    """Free samples for a customer: approved, checked and gated before they are given out."""

    _name = "sample.request"
    _description = "Sample Request"
    _inherit = [
        "regulation.sealed",
        "regulation.gated",
        "regulation.approvable",
        "regulation.checked",
        "mail.thread",
    ]

    # 1. Evidence: only the step below writes it
    _sealed_fields = frozenset({"state"})

    name = fields.Char(required=True)
    partner_id = fields.Many2one("res.partner", required=True)
    user_id = fields.Many2one("res.users", default=lambda self: self.env.user)
    team_id = fields.Many2one("crm.team")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many("sample.request.line", "request_id")
    note = fields.Text()
    state = fields.Selection(
        [("draft", "Draft"), ("given", "Given out")], default="draft", readonly=True, copy=False
    )

    # 2. Approval: what is approved, and the figures on which steps depend
    _approval_content_fields = ("partner_id", "line_ids")

    def _approval_content(self, kind):
        return {
            request.id: {
                "partner": request.partner_id.id,
                "lines": sorted(
                    (line.product, line.quantity, line.price) for line in request.line_ids
                ),
            }
            for request in self
        }

    def _approval_frame(self, kind):
        return {
            request.id: {
                "partner": request.partner_id.id,
                "products": sorted(request.line_ids.mapped("product")),
            }
            for request in self
        }

    def _approval_facts(self, kind):
        return {
            request.id: {
                "amount": sum(line.quantity * line.price for line in request.line_ids),
                "currency": request.currency_id,
            }
            for request in self
        }

    def _approval_check(self, approval, verdict):
        if verdict == "approved":
            self._checklist_require("sample")

    # 3. Checklist: one item that the system sees, the others are ticked
    def _checklist_kinds(self):
        return {"sample": self}

    def _checklist_sample_address(self):
        return {request.id: bool(request.partner_id.street) for request in self}

    # 4. Gate: asked by the banner, by the button and by the guard below
    def _gate_stages(self):
        return {"give": self.filtered(lambda request: request.state == "draft")}

    def _gate_sample_approved(self, policies, **facts):
        approved = self._approvals_valid("sample")
        return {
            request.id: Refusal(
                reason=self.env._("The samples are not approved."), approval="sample"
            )
            for request in self
            if request.id not in approved
        }

    def action_give(self):
        """Give the samples out."""
        self.check_access("write")
        self._gate_pass("give")
        engine(self).write({"state": "given"})
