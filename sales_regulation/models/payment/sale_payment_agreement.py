# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import engine
from .regulation_profile import PAYMENT_MODES


class SalePaymentAgreement(models.Model):
    """What finance has agreed with a customer on paying before shipment.

    It may be looser than the regulation, hence no seller can make it count: it is in
    force once a holder of the finance role has confirmed it, and is not edited afterwards.
    """

    _name = "sale.payment.agreement"
    _description = "Payment Agreement"
    _inherit = ["regulation.sealed", "mail.thread"]
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "confirmed_by_id", "confirmed_at"})

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "An agreement cannot end before it begins.",
    )
    _deposit_range = models.Constraint(
        "CHECK(deposit_percent >= 0 AND deposit_percent <= 100)",
        "A deposit is a share between 0 and 100 %.",
    )
    _says_something = models.Constraint(
        "CHECK(mode IS NOT NULL OR payment_term_id IS NOT NULL)",
        "An agreement names what is paid before shipment, or a payment term.",
    )

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('parent_id', '=', False)]",
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    mode = fields.Selection(
        selection=PAYMENT_MODES,
        string="Paid before Shipment",
        tracking=True,
        help="Empty: as the agreed payment term says.",
    )
    deposit_percent = fields.Float(string="Deposit", digits=(5, 2), tracking=True)
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term",
        string="Agreed Payment Term",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="An order with this term ships as the term says, even where it demands less than"
        " the regulation.",
    )
    reason = fields.Text(required=True)
    date_from = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(string="Until", tracking=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("confirmed", "In force"), ("ended", "Ended")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    confirmed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)

    _in_force_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE state = 'confirmed'",
        "A customer has one payment agreement at a time: end the other one first.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        content = {
            "partner_id",
            "company_id",
            "mode",
            "deposit_percent",
            "payment_term_id",
            "reason",
            "date_from",
            "date_to",
        }
        if content & set(vals) and any(agreement.state != "draft" for agreement in self):
            raise UserError(
                self.env._("A confirmed agreement is not edited: end it and make a new one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        if any(agreement.state != "draft" for agreement in self):
            raise UserError(self.env._("A confirmed agreement is kept as evidence."))

    # === ACTION METHODS === #

    def action_confirm(self):
        """Put the agreement into force. For holders of the finance role."""
        self._check_finance()
        if any(agreement.state != "draft" for agreement in self):
            raise UserError(self.env._("Only a draft can be confirmed."))
        for agreement in self:
            if agreement.partner_id != agreement.partner_id.commercial_partner_id:
                raise UserError(
                    self.env._("An agreement is made with the company, not with its contact.")
                )
        engine(self).write(
            {
                "state": "confirmed",
                "confirmed_by_id": self.env.uid,
                "confirmed_at": fields.Datetime.now(),
            }
        )
        self.env["regulation.register"]._record("approved", self, code="payment_agreement")

    def action_end(self):
        """Take the agreement out of force."""
        self._check_finance()
        if any(agreement.state != "confirmed" for agreement in self):
            raise UserError(self.env._("Only an agreement in force can be ended."))
        engine(self).write({"state": "ended"})
        self.env["regulation.register"]._record("withdrawn", self, code="payment_agreement")

    # === BUSINESS METHODS === #

    def _check_finance(self):
        self.check_access("write")
        role = self.env["regulation.role"]._code("finance")
        for company in self.company_id:
            if not role._held_by(self.env.user, company):
                raise AccessError(
                    self.env._(
                        "Only finance of %(company)s decides on payment agreements.",
                        company=company.name,
                    )
                )

    @api.model
    def _in_force(self, orders):
        """``{order id: agreement}`` of the customers of ``orders`` today; one query."""
        partners = orders.partner_id.commercial_partner_id
        agreements = self.sudo().search(
            [
                ("state", "=", "confirmed"),
                ("partner_id", "in", partners.ids),
                ("company_id", "in", orders.company_id.ids),
            ]
        )
        by_key = {}
        for agreement in agreements:
            today = agreement.company_id._regulation_today()
            if agreement.date_from <= today and (
                not agreement.date_to or agreement.date_to >= today
            ):
                by_key[agreement.company_id.id, agreement.partner_id.id] = agreement
        return {
            order.id: by_key[key]
            for order in orders
            if (key := (order.company_id.id, order.partner_id.commercial_partner_id.id)) in by_key
        }
