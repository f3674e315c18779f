# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import engine


class SaleCreditRequest(models.Model):
    """Assessment of a customer's credit and the limit proposed for him (资信评估).

    Approved by the approval kind "credit_limit", and applied by the engine: under a
    regulation that says so nobody writes a limit by hand (S4-262, S4-263).
    """

    _name = "sale.credit.request"
    _description = "Credit Request"
    _inherit = [
        "regulation.submittable",
        "regulation.protected",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {"name", "state", "user_id", "submitted_at", "applied_at", "limit_before", "used_before"}
    )
    _approval_kinds = frozenset({"credit_limit"})
    _approval_content_fields = (
        "partner_id",
        "company_id",
        "proposed_limit",
        "valid_until",
        "rating",
        "importance",
    )
    _submittable_fields = ("reason",)

    _limit_not_negative = models.Constraint(
        "CHECK(proposed_limit >= 0)", "A credit limit cannot be negative."
    )

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        domain="[('parent_id', '=', False)]",
        tracking=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
    )
    rating = fields.Selection(
        selection=[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")],
        required=True,
        tracking=True,
        help="How well the customer can and does pay (资信).",
    )
    importance = fields.Selection(
        selection=[("key", "Key"), ("secondary", "Secondary"), ("general", "Ordinary")],
        required=True,
        default="general",
        tracking=True,
        help="How much the customer means to the company (S4-262).",
    )
    proposed_limit = fields.Monetary(
        string="Credit Limit",
        tracking=True,
        help="What he may owe at most, with his confirmed orders and tax. 0 ends his credit.",
    )
    valid_until = fields.Date(
        tracking=True, help="After this day the limit counts as not agreed. Empty: without end."
    )
    reason = fields.Text(string="Assessment", help="Turnover, payment habits, securities, purpose.")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("applied", "In force"),
            ("replaced", "Replaced"),
            ("refused", "Refused"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    applied_at = fields.Datetime(string="In Force since", readonly=True, copy=False)
    limit_before = fields.Monetary(string="Limit before", readonly=True, copy=False)
    used_before = fields.Monetary(
        string="Open at Submission",
        readonly=True,
        copy=False,
        help="What the customer owed when the request was submitted.",
    )
    exposure = fields.Monetary(
        string="Open now",
        compute="_compute_exposure",
        compute_sudo=True,
        help="Receivables less money received, plus confirmed orders not invoiced yet.",
    )
    overdue = fields.Monetary(compute="_compute_exposure", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id")
    def _compute_exposure(self):
        keys = {
            request: (request.company_id.id, request.partner_id.commercial_partner_id._origin.id)
            for request in self
        }
        lines = self.env["res.partner"]._credit_lines(key for key in keys.values() if all(key))
        for request, key in keys.items():
            request.exposure = lines[key].used if key in lines else 0.0
            request.overdue = lines[key].overdue if key in lines else 0.0

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id")
    def _check_partner(self):
        for request in self:
            if request.partner_id.commercial_partner_id != request.partner_id:
                raise ValidationError(
                    self.env._(
                        "Credit is agreed with %(customer)s, not with a contact.",
                        customer=request.partner_id.commercial_partner_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        for request in requests:
            engine(request.sudo()).name = (
                self.env["ir.sequence"].sudo().next_by_code("sale.credit.request") or "/"
            )
        return requests

    # === ACTION METHODS === #

    def action_submit(self):
        """Submit the assessment for approval.

        :raise UserError: if it says too little to be decided
        """
        self.check_access("write")
        self._check_open()
        for request in self:
            if not (request.reason or "").strip():
                raise UserError(
                    self.env._("%(name)s: write the assessment first.", name=request.name)
                )
        lines = self.env["res.partner"]._credit_lines(request._credit_key() for request in self)
        for request in self:
            line = lines[request._credit_key()]
            engine(request.sudo()).write(
                {
                    "state": "submitted",
                    "submitted_at": fields.Datetime.now(),
                    "limit_before": line.limit,
                    "used_before": line.used,
                }
            )
            request._request_approval("credit_limit", request.reason)

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            request.id: {
                "customer": request.partner_id,
                "company": request.company_id,
                "limit": request.proposed_limit,
                "valid_until": request.valid_until,
                "rating": request.rating,
                "importance": request.importance,
            }
            for request in self
        }

    def _approval_facts(self, kind):
        return {
            request.id: {"amount": request.proposed_limit, "currency": request.currency_id}
            for request in self
        }

    def _approval_granted(self, approval):
        for request in self:
            request._apply()

    def _approval_summary(self, approval):
        self.ensure_one()
        _ = self.env._
        partner = self.env["res.partner"]
        line = partner._credit_lines([self._credit_key()])[self._credit_key()]
        rows = [
            (_("Customer"), self.partner_id.name),
            (_("Rating"), (self.rating or "").upper()),
            (_("Limit now"), partner._credit_money(line.limit, line)),
            (_("Proposed limit"), partner._credit_money(self.proposed_limit, line)),
            (_("Open now"), partner._credit_money(line.used, line)),
            (_("Overdue"), partner._credit_money(line.overdue, line)),
        ]
        return Markup("<table class='table table-sm'>%s</table>") % Markup("").join(
            Markup("<tr><td>%s</td><td class='text-end'>%s</td></tr>") % row for row in rows
        )

    # === BUSINESS METHODS === #

    def _credit_key(self):
        self.ensure_one()
        return (self.company_id.id, self.partner_id.id)

    def _apply(self):
        """Put the approved terms into force. Only after the engine's approval."""
        self.ensure_one()
        if self.state != "submitted":
            raise AccessError(self.env._("Only an approved request is put into force."))
        engine(
            self.search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("state", "=", "applied"),
                ]
            )
        ).write({"state": "replaced"})
        today = self.company_id._regulation_today()
        ended = self.currency_id.is_zero(self.proposed_limit)
        engine(self.partner_id.with_company(self.company_id)).write(
            {
                "credit_limit": self.proposed_limit,
                "regulation_credit_rating": self.rating,
                "regulation_credit_valid_until": today - timedelta(days=1)
                if ended
                else self.valid_until,
            }
        )
        engine(self).write({"state": "applied", "applied_at": fields.Datetime.now()})
