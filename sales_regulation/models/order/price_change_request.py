# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools import engine
from ..engine.regulation_submittable import KEPT_ENDS


class PriceChangeRequest(models.Model):
    """List prices or pricelist rules that are to change: prepared by finance, decided by
    the role that the profile names, carried out by the system on its date (C17)."""

    _name = "price.change.request"
    _description = "Price Change Request"
    _inherit = [
        "regulation.submittable",
        "regulation.protected",
        "regulation.scored",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    # What is computed decides which approvers are asked
    _sealed_fields = frozenset(
        {"name", "state", "user_id", "applied_at", "applied_by_id", "max_deviation"}
    )
    _approval_kinds = frozenset({"price_change"})
    _approval_content_fields = ("reason", "date_effective", "freeze_until", "line_ids")
    _submittable_fields = ("company_id",)
    _submittable_open = frozenset({"draft", "returned", "withdrawn"})
    _submittable_waiting = frozenset({"submitted", "approved"})
    _submittable_ends = KEPT_ENDS

    name = fields.Char(string="Number", readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Prepared by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    reason = fields.Text(required=True, tracking=True, help="Why prices change (調價原因).")
    date_effective = fields.Date(
        string="Effective from",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
    )
    freeze_until = fields.Date(
        string="Frozen until",
        tracking=True,
        help="Until this date the prices named here do not change again. Empty: no freeze.",
    )
    line_ids = fields.One2many(
        comodel_name="price.change.request.line",
        inverse_name="request_id",
        string="Prices",
        copy=True,
    )
    max_deviation = fields.Float(
        string="Largest Change (%)", digits="Discount", compute="_compute_max_deviation", store=True
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("applied", "Carried out"),
            ("returned", "Returned"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    applied_at = fields.Datetime(string="Carried out at", readonly=True, copy=False)
    applied_by_id = fields.Many2one(
        comodel_name="res.users", string="Carried out by", readonly=True, copy=False
    )

    _freeze_after = models.Constraint(
        "CHECK(freeze_until IS NULL OR freeze_until >= date_effective)",
        "A freeze cannot end before the prices are effective.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.change_percent")
    def _compute_max_deviation(self):
        for request in self:
            request.max_deviation = max(
                map(abs, request.line_ids.mapped("change_percent")), default=0
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        for request in requests:
            engine(request.sudo()).name = (
                self.env["ir.sequence"].sudo().next_by_code("price.change.request")
            )
        return requests

    # === ACTION METHODS === #

    def action_submit(self):
        """Submit the price change for approval."""
        return self.action_request_approval("price_change")

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            request.id: {
                "effective": request.date_effective,
                "freeze": request.freeze_until or "",
                "lines": [line._content() for line in request.line_ids.sorted("id")],
            }
            for request in self
        }

    def _approval_facts(self, kind):
        return {request.id: {"deviation": request.max_deviation} for request in self}

    def _approval_submit_check(self, kind):
        self._check_open()
        for request in self:
            if not request.line_ids:
                raise UserError(self.env._("Say which prices are to change: add a line."))

    def _request_approval(self, kind, reason=""):
        approvals = super()._request_approval(kind, reason or self[:1].reason)
        if not self._approval_moves(kind):
            return approvals
        engine(self.sudo()).write({"state": "submitted"})
        for request, approval in zip(self, approvals, strict=True):
            if approval.state == "approved":
                request.sudo()._approval_granted(approval)
        return approvals

    def _approval_granted(self, approval):
        super()._approval_granted(approval)
        if self.state == "submitted":
            engine(self).write({"state": "approved"})
            self.filtered(lambda request: request._is_due())._apply()

    # === BUSINESS METHODS === #

    def _is_due(self):
        self.ensure_one()
        return self.date_effective <= self.company_id._regulation_today()

    def _apply(self):
        """Change the prices; all of a request or none."""
        for request in self.sudo():
            request.line_ids._apply()
            if request.freeze_until:
                frozen = {"price_frozen_until": request.freeze_until}
                request.line_ids.product_tmpl_id.filtered(
                    lambda product, lines=request.line_ids: (
                        product
                        in lines.filtered(lambda line: line.action == "list_price").product_tmpl_id
                    )
                )._in_price_flow().write(frozen)
                request.line_ids.pricelist_id._in_price_flow().write(frozen)
            engine(request).write(
                {
                    "state": "applied",
                    "applied_at": fields.Datetime.now(),
                    "applied_by_id": self.env.uid,
                }
            )

    @api.model
    def _cron_apply(self, limit=100):
        """Carry out what was approved for a date that has come."""
        domain = Domain("state", "=", "approved") & Domain("date_effective", "<=", "today +1d")
        todo = self.search(domain, limit=limit).filtered(lambda request: request._is_due())
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for request in todo:
            request = request.browse(request.id)
            try:
                with self.env.cr.savepoint():
                    request._apply()
            except UserError as error:
                request.message_post(body=str(error))
            if not self.env["ir.cron"]._commit_progress(1):
                break
