# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import engine


class CustomerOwnerRequest(models.Model):
    """A customer passes to another owner by decision of a manager, with a reason (S4-087)."""

    _name = "customer.owner.request"
    _description = "Change of Owner"
    _inherit = ["regulation.submittable", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "requested_by_id", "owner_before_id", "applied_at"})
    _approval_kinds = frozenset({"customer_owner"})
    _approval_content_fields = ("partner_id", "company_id", "new_owner_id", "reason")
    _regulation_owner_fields = ("requested_by_id", "new_owner_id", "create_uid")

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        domain="[('parent_id', '=', False)]",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    requested_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
    )
    owner_before_id = fields.Many2one(
        comodel_name="res.users", string="Owner before", readonly=True, copy=False
    )
    new_owner_id = fields.Many2one(
        comodel_name="res.users",
        string="New Owner",
        required=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    reason = fields.Text(required=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "To decide"),
            ("applied", "Carried out"),
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
    applied_at = fields.Datetime(readonly=True, copy=False)

    # === CONSTRAINT METHODS === #

    @api.constrains("new_owner_id", "company_id")
    def _check_new_owner(self):
        for request in self.sudo():
            owner = request.new_owner_id
            if not owner.active or owner.share or request.company_id not in owner.company_ids:
                raise ValidationError(
                    self.env._("%s does not work in the company of this customer.", owner.name)
                )

    # === ACTION METHODS === #

    def action_submit(self):
        """Submit the change to the manager who decides.

        :raise UserError: without a reason
        """
        self.check_access("write")
        self._check_open()
        for request in self:
            if not (request.reason or "").strip():
                raise UserError(self.env._("Say why the customer passes to another owner."))
            request._check_company_of_owner()
            owner = request.sudo().partner_id.commercial_partner_id.user_id
            engine(request.sudo()).write({"state": "submitted", "owner_before_id": owner.id})
            request._request_approval("customer_owner", request.reason)
        return True

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            request.id: {
                "customer": request.partner_id,
                "company": request.company_id,
                "owner": request.new_owner_id,
                "reason": request.reason,
            }
            for request in self
        }

    def _approval_granted(self, approval):
        for request in self:
            request._apply()

    # === BUSINESS METHODS === #

    def _check_company_of_owner(self):
        """A customer of all companies passes by the decision of the one in which he is
        registered, not of whichever the applicant chooses."""
        self.ensure_one()
        partner = self.sudo().partner_id.commercial_partner_id
        company = (
            self.env["customer.registration"]
            .with_company(self.company_id)
            ._owning_company(partner)
        )
        if company and company != self.company_id:
            raise UserError(
                self.env._(
                    "%(customer)s is registered in %(company)s: that company decides to whom he"
                    " passes.",
                    customer=partner.name,
                    company=company.name,
                )
            )

    def _apply(self):
        """Let the customer pass. Only after the engine's approval."""
        self.ensure_one()
        if self.state != "submitted":
            raise AccessError(self.env._("Only an approved change is carried out."))
        partner = self.partner_id.commercial_partner_id
        self.env["regulation.commitment"]._lock([("owner", partner.id)])
        partner.invalidate_recordset(["user_id"])
        if partner.user_id != self.owner_before_id:
            raise UserError(self.env._("The customer has passed to somebody else meanwhile."))
        self.env["customer.registration"]._transfer(
            partner, self.new_owner_id, "override", request_id=self.id
        )
        engine(self).write({"state": "applied", "applied_at": fields.Datetime.now()})
