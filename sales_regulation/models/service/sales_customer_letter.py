# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from ...tools import engine, is_engine


class SalesCustomerLetter(models.Model):
    """The yearly letter that asks all users for their opinion (S4-408).

    Sending it closes the duty ``customer_letter`` of each customer: the duty shows the coverage
    and who is still open. What comes back is registered as tickets of the kind letter.
    """

    _name = "sales.customer.letter"
    _description = "Letter to Customers"
    _inherit = ["regulation.sealed", "regulation.covered", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "sent_at", "user_id", "line_ids"})

    name = fields.Char(string="Subject", required=True)
    body = fields.Html(required=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Sent by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="sales_customer_letter_partner_rel",
        string="Customers",
        check_company=True,
        copy=False,
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("sent", "Sent")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    sent_at = fields.Datetime(readonly=True, copy=False)
    line_ids = fields.One2many(
        comodel_name="sales.customer.letter.line",
        inverse_name="letter_id",
        string="Sent to",
        readonly=True,
    )

    def write(self, vals):
        content = {"name", "body", "partner_ids", "company_id"} & set(vals)
        if content and not is_engine(self.env) and any(row.state == "sent" for row in self):
            raise AccessError(self.env._("A letter that was sent is not changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(letter.state == "sent" for letter in self):
            raise AccessError(self.env._("A letter that was sent is not deleted."))

    def action_add_open(self):
        """Add the customers whose letter of this year is still open."""
        self.ensure_one()
        self.check_access("write")
        instances = (
            self.env["regulation.duty.instance"]
            .sudo()
            .search(
                [
                    ("duty_id.code", "=", "customer_letter"),
                    ("company_id", "=", self.company_id.id),
                    ("state", "=", "open"),
                ]
            )
        )
        partners = self.env["res.partner"].browse(instances.mapped("subject_id")).exists()
        self.partner_ids |= partners._filtered_access("read")

    def action_send(self):
        """Send the letter to each customer who has an address; the others go by post."""
        self.check_access("write")
        for letter in self:
            if letter.state != "draft" or not letter.partner_ids or is_html_empty(letter.body):
                raise UserError(self.env._("A letter has a text and customers, and is sent once."))
            letter.partner_ids.check_access("read")
        for letter in self.sudo():
            letter._send()

    def _send(self):
        now = fields.Datetime.now()
        partners = self.partner_ids.commercial_partner_id
        lines = engine(self.env["sales.customer.letter.line"]).create(
            [
                {
                    "letter_id": self.id,
                    "company_id": self.company_id.id,
                    "partner_id": partner.id,
                    "user_id": self.env.uid,
                    "sent_at": now,
                    "by_mail": bool(partner.email),
                }
                for partner in partners
            ]
        )
        engine(self).write({"state": "sent", "sent_at": now, "user_id": self.env.uid})
        self.env["mail.mail"].create(
            [
                {
                    "subject": self.name,
                    "body_html": self.body,
                    "email_from": self.company_id.email_formatted or self.env.user.email_formatted,
                    "recipient_ids": [fields.Command.set(partner.ids)],
                    "auto_delete": True,
                }
                for partner in partners
                if partner.email
            ]
        )
        lines = lines.with_env(self.env)
        self.env["regulation.duty"]._close(
            lines, "customer_letter", subject=lambda line: line.partner_id
        )
