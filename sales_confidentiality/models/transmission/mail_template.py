# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from .ir_actions_report import UNMARKED


class MailTemplate(models.Model):
    """What is sent to a customer carries no name of ours across it; the mail is on record."""

    _inherit = "mail.template"

    def _generate_template_attachments(self, res_ids, render_fields, render_results=None):
        cache = self.env.cr.cache
        before = cache.get(UNMARKED)
        cache[UNMARKED] = True
        try:
            return super()._generate_template_attachments(res_ids, render_fields, render_results)
        finally:
            self.env.cr.cache[UNMARKED] = before
