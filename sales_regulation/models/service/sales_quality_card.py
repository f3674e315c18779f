# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import engine, is_engine


class SalesQualityCard(models.Model):
    """How a product does at the customer's: filled in at a revisit (產品質量跟蹤卡, S2-52).

    What the visitor reports is corrected until he hands it in, and fixed from then on.
    """

    _name = "sales.quality.card"
    _description = "Quality Card"
    _inherit = [
        "regulation.sealed",
        "regulation.sourced",
        "regulation.covered",
        "regulation.protected",
        "regulation.scored",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    _source_fields = ("order_id", "notice_id")
    _sealed_fields = frozenset({"name", "state", "handed_in_at", "date", "ticket_id"})

    name = fields.Char(string="Number", readonly=True, copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Visitor",
        default=lambda self: self.env.user,
        required=True,
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", index="btree_not_null", ondelete="restrict", check_company=True
    )
    notice_id = fields.Many2one(
        comodel_name="dispatch.notice",
        string="Delivery",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    product_id = fields.Many2one(
        comodel_name="product.product", required=True, index=True, ondelete="restrict"
    )
    lot_name = fields.Char(string="Lot or Serial Number", help="As it is written on the product.")
    checked_qty = fields.Float(string="Pieces Looked at", digits="Product Unit", aggregator="sum")
    defect_qty = fields.Float(string="Defective", digits="Product Unit", aggregator="sum")
    verdict = fields.Selection(
        selection=[("good", "Good"), ("minor", "Minor fault"), ("major", "Major fault")],
        required=True,
        default="good",
    )
    usage = fields.Text(help="How the customer uses it.")
    findings = fields.Text(help="Faults, wishes, comparison with others.")
    on_site = fields.Boolean(string="Visited on Site", default=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("done", "Handed in")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    date = fields.Date(readonly=True, copy=False, help="The day it was handed in.")
    handed_in_at = fields.Datetime(readonly=True, copy=False)
    ticket_id = fields.Many2one(
        comodel_name="sales.ticket",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    _quantities = models.Constraint(
        "CHECK(checked_qty >= 0 AND defect_qty >= 0)", "Pieces cannot be negative."
    )

    @api.depends("name", "partner_id", "product_id")
    def _compute_display_name(self):
        for card in self:
            names = (card.name, card.partner_id.name, card.product_id.name)
            card.display_name = " ".join(filter(None, names))

    @api.constrains(
        "partner_id", "order_id", "notice_id", "product_id", "checked_qty", "defect_qty"
    )
    def _check_card(self):
        for card in self:
            customer = card.partner_id.commercial_partner_id
            orders = card.order_id | card.notice_id.order_id
            if any(order.partner_id.commercial_partner_id != customer for order in orders):
                raise ValidationError(self.env._("Order and delivery belong to the customer."))
            sold = card.notice_id.line_ids.product_id or orders.order_line.product_id
            if orders and card.product_id not in sold:
                raise ValidationError(self.env._("This product was not delivered with it."))
            if card.defect_qty > card.checked_qty:
                raise ValidationError(self.env._("More defective than looked at?"))

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        if not is_engine(self.env) and any(card.user_id != self.env.user for card in cards):
            raise AccessError(self.env._("Everybody hands in his own cards."))
        return cards

    def write(self, vals):
        if not is_engine(self.env):
            if any(card.state == "done" for card in self):
                raise AccessError(
                    self.env._("A card that was handed in is fixed. Write a new one, with a note.")
                )
            if "user_id" in vals:
                raise AccessError(self.env._("Everybody hands in his own cards."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        if any(card.state == "done" for card in self):
            raise AccessError(
                self.env._("A card that was handed in is fixed. Write a new one, with a note.")
            )

    def action_hand_in(self):
        """Hand in: fixed from now on, and dated by the system."""
        self.check_access("write")
        for card in self:
            if card.state != "draft":
                raise UserError(self.env._("This card was handed in already."))
            if card.user_id != self.env.user:
                raise AccessError(self.env._("Everybody hands in his own cards."))
            if card.verdict != "good" and not (card.findings or "").strip():
                raise UserError(self.env._("Say what is wrong with the product."))
        for card in self.sudo():
            engine(card).write(
                {
                    "state": "done",
                    "name": self.env["ir.sequence"].sudo().next_by_code("sales.quality.card"),
                    "date": card.company_id._regulation_today(),
                    "handed_in_at": fields.Datetime.now(),
                }
            )
        Duty = self.env["regulation.duty"]
        customer = lambda card: card.partner_id.commercial_partner_id  # noqa: E731
        Duty._close(self, "quality_card", subject=customer)
        Duty._close(self.filtered("on_site"), "customer_round", subject=customer)

    def action_create_ticket(self):
        """The fault becomes a ticket of the customer."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "done" or self.verdict == "good":
            raise UserError(self.env._("A ticket is made of a fault that was handed in."))
        if not self.ticket_id:
            ticket = self.env["sales.ticket"].create(
                {
                    "kind_id": self.env.ref("sales_regulation.ticket_kind_quality").id,
                    "severity": "major" if self.verdict == "major" else "ordinary",
                    "subject": self.display_name,
                    "description": self.findings,
                    "channel": "visit",
                    "company_id": self.company_id.id,
                    "partner_id": self.partner_id.id,
                    "order_id": self.order_id.id,
                    "notice_id": self.notice_id.id,
                    "product_id": self.product_id.id,
                }
            )
            engine(self.sudo()).write({"ticket_id": ticket.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": "sales.ticket",
            "res_id": self.ticket_id.id,
            "view_mode": "form",
        }
