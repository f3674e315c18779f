# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

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
    amount = fields.Monetary(compute="_compute_amount", store=True)
    note = fields.Text()
    state = fields.Selection(
        [("draft", "Draft"), ("given", "Given out")], default="draft", readonly=True, copy=False
    )

    @api.depends("line_ids.quantity", "line_ids.price")
    def _compute_amount(self):
        for request in self:
            request.amount = sum(line.quantity * line.price for line in request.line_ids)

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
                "amount": request.amount,
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

    # 5. Commitment: two requests at one moment cannot both take what is left for one
    def _gate_locks(self, stage):
        keys = super()._gate_locks(stage)
        if stage == "give":
            keys += [
                ("samples", company.id, partner.id)
                for company, partner in {(one.company_id, one.partner_id) for one in self}
            ]
        return keys

    def _gate_sample_limit(self, policies, **facts):
        limited = {
            request: (request.company_id.id, request.partner_id.id, limit)
            for request in self
            if (limit := policies[request.id].get("sample_limit"))
        }
        left = self.env["regulation.commitment"]._measure("samples", limited.values())
        asked = dict.fromkeys(limited.values(), 0.0)
        refusals = {}
        for request, key in limited.items():
            # Of a batch the requests before this one count too
            asked[key] += request.amount
            if short := left[key].short(asked[key]):
                refusals[request.id] = Refusal(
                    reason=self.env._(
                        "the customer gets more than %s",
                        self._gate_money(key[2], left[key].currency),
                    ),
                    amount=short,
                    currency=left[key].currency,
                )
        return refusals

    # 6. Roles and qualifications: who takes the step
    def _gate_sample_giver(self, policies, **facts):
        refusals = {}
        for company, requests in self.grouped("company_id").items():
            trained = self.env["regulation.qualification"]._valid_users(
                self.env.user, "course", company
            )
            for request in requests:
                roles = self.env["regulation.role"].browse(
                    policies[request.id].get("sample_role_ids") or ()
                )
                missing = []
                if roles and self.env.user not in roles._holders(company):
                    missing.append(self.env._("Given out by: %s", ", ".join(roles.mapped("name"))))
                if not trained:
                    missing.append(self.env._("The course on samples is not passed."))
                if missing:
                    refusals[request.id] = Refusal(
                        reason=self.env._("you may not give samples out"), missing=tuple(missing)
                    )
        return refusals

    def action_give(self):
        """Give the samples out."""
        self.check_access("write")
        self._gate_pass("give")
        engine(self).write({"state": "given"})
        # 7. Register: what an auditor will ask for
        self.env["regulation.register"]._record(
            "samples", self, amount=lambda request: request.amount
        )

    # 8. Measure: proposed here, decided by human resources
    def _propose_charge(self):
        """Samples that were never given back are charged to whoever asked for them."""
        return self.env["regulation.measure"]._propose(
            [
                {
                    "kind": "charge",
                    "user_id": request.user_id.id,
                    "name": self.env._("Samples of %s not returned", request.display_name),
                    "amount": request.amount,
                    "currency_id": request.currency_id.id,
                    "company_id": request.company_id.id,
                    "res_model": request._name,
                    "res_id": request.id,
                }
                for request in self
            ]
        )
