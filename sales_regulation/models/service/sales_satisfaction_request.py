# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging

from odoo import api, fields, models

from ...tools import engine

_logger = logging.getLogger(__name__)

#: the mail that asks, by model
TEMPLATES = {
    "sales.ticket": "sales_regulation.mail_template_ticket_answer",
    "dispatch.notice": "sales_regulation.mail_template_delivery_satisfaction",
}


class SalesSatisfactionRequest(models.Model):
    """A customer is to be asked: queued with the step, sent after its commit."""

    _name = "sales.satisfaction.request"
    _description = "Satisfaction Request"
    _inherit = ["regulation.sealed"]
    _order = "id"

    _append_only = True

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(required=True, readonly=True, model_field="res_model")
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, ondelete="cascade"
    )
    state = fields.Selection(
        selection=[
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("skipped", "No address"),
            ("failed", "Failed"),
        ],
        default="queued",
        required=True,
        readonly=True,
    )
    sent_at = fields.Datetime(readonly=True)

    _queued_idx = models.Index("(id) WHERE state = 'queued'")
    _document_idx = models.Index("(res_model, res_id)")

    @api.model
    def _queue(self, documents, setting):
        """Ask the customers of these documents, where their regulation says so.

        :param str setting: field of the profile that says so
        """
        if not documents or not self.env["regulation.profile"]._regulated_companies():
            return
        documents = documents.sudo()
        policies = documents._regulation_policies()
        rows = [
            {
                "res_model": document._name,
                "res_id": document.id,
                "company_id": document.company_id.id,
                "partner_id": document._rating_customer().id,
            }
            for document in documents
            if policies[document.id].get(setting) and document._rating_customer()
        ]
        if rows:
            engine(self.sudo()).create(rows)
            self.env["ir.cron"]._regulation_wake("sales_regulation.ir_cron_satisfaction")

    @api.model
    def _cron_ask(self, batch=100):
        """Send what is queued. Goes on where it was stopped."""
        Cron = self.env["ir.cron"]
        domain = [("state", "=", "queued")]
        Cron._commit_progress(remaining=self.sudo().search_count(domain))
        last = 0
        while found := self.sudo().search([*domain, ("id", ">", last)], order="id", limit=batch):
            last = found[-1].id
            for request in found.try_lock_for_update():
                request._ask_safely()
            done = len(found)
            self.env.invalidate_all()
            if not Cron._commit_progress(done):
                return

    def _ask_safely(self):
        try:
            with self.env.cr.savepoint():
                state = self._ask()
        except Exception:
            _logger.exception("Satisfaction request %s could not be sent", self.id)
            state = "failed"
        engine(self).write({"state": state, "sent_at": fields.Datetime.now()})

    def _ask(self):
        """One mail to the customer. It stands in no chatter: its link speaks for him."""
        self.ensure_one()
        document = self.env[self.res_model].browse(self.res_id).exists()
        partner = self.partner_id
        if not document or not partner.email or not document._rating_wanted():
            return "skipped"
        for rating in self._unanswered(document):
            engine(rating).unlink()
        rating = document._rating_ask(partner)
        template = self.env.ref(TEMPLATES[self.res_model], raise_if_not_found=False)
        if not template:
            return "skipped"
        template = template.sudo().with_context(
            lang=partner.lang, customer_url=document._rating_url(rating)
        )
        self.env["mail.mail"].sudo().create(
            {
                "subject": template._render_field("subject", document.ids)[document.id],
                "body_html": template._render_field(
                    "body_html", document.ids, options={"post_process": True}
                )[document.id],
                "email_from": template._render_field("email_from", document.ids)[document.id]
                or self.company_id.email_formatted,
                "recipient_ids": [fields.Command.set(partner.ids)],
                "auto_delete": True,
            }
        )
        return "sent"

    def _unanswered(self, document):
        """Earlier questions about the document that nobody answered: their links end."""
        return (
            self.env["rating.rating"]
            .sudo()
            .search(
                [
                    ("res_model", "=", document._name),
                    ("res_id", "=", document.id),
                    ("consumed", "=", False),
                ]
            )
        )
