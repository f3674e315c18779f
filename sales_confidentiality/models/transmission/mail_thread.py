# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class MailThread(models.AbstractModel):
    """What is written on a classified record goes to nobody who may not read it.

    Followers who lost the right are not told any more, and the chatter of a portal page opens
    to whom the page opens.
    """

    _inherit = "mail.thread"

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode="read", **kwargs):
        thread = super()._get_thread_with_access(thread_id, mode=mode, **kwargs)
        own = self.browse(thread_id).sudo(False)
        if not thread or not self.env["confidentiality.model"]._protection().guarded:
            return thread
        if own.has_access(mode) or own._confidentiality_opens_by_link():
            return thread
        self.env["confidentiality.log"]._collect("denied", own, "link", each=True)
        return self.browse()

    def _confidentiality_opens_by_link(self):
        """Whether somebody who may not read the record himself may use a link to it (C52, S4-037).

        A customer, as long as the owner may read it and with the NDA that its level demands;
        a colleague never. What is not classified is open to whoever has the link.
        """
        self.ensure_one()
        document = self.sudo()
        registry = self.env["confidentiality.model"]
        enforced = any(label.mode == "enforce" for label in registry._classified(document))
        if not self.env.user.share:
            return not enforced
        if self.env["confidentiality.nda"].sudo()._withheld_documents(document):
            return False
        return not enforced or (
            document._confidentiality_row() is not None
            and document._confidentiality_token_holds()
        )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        registry = self.env["confidentiality.model"]
        if not recipients or not self or not registry._protection().guarded:
            return recipients
        if not any(label.mode == "enforce" for label in registry._classified(self)):
            return recipients
        people = self.env["res.users"].sudo().browse(
            {row["uid"] for row in recipients if row.get("uid") and not row.get("ushare")}
        )
        readers = people
        for record in self:
            readers = registry.sudo()._readers(record, readers, in_full=True)
        lost = set((people - readers)._ids)
        return [row for row in recipients if row.get("uid") not in lost]
