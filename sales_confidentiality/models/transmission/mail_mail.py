# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, email_normalize_all

_WATCHED = frozenset({"attachment_ids", "recipient_ids", "email_to", "email_cc"})


class MailMail(models.Model):
    """A classified file goes by mail to who may have it, to nobody else (C52, S4-013, S4-035).

    Colleagues whom the label lets read the record, and the record's own customer. Whoever else
    is named is an outsider: the mail is refused, or he gets a link that works once, as the level
    says. Judged where a mail is made, so by whatever way, and once more where it is sent.
    """

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        mails._confidentiality_guard()
        return mails

    def write(self, vals):
        result = super().write(vals)
        if _WATCHED.intersection(vals):
            self._confidentiality_guard()
        return result

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        # A file may have been added to the message after the mail was made
        if refused := self._confidentiality_outsiders():
            raise UserError(self._confidentiality_error(refused))
        return super()._prepare_outgoing_list(mail_server, doc_to_followers)

    # === GUARD === #

    def _confidentiality_guard(self):
        """Refuse the mails, or send their outsiders a link, and log it."""
        if not self.env["confidentiality.model"]._protection().guarded:
            return
        log = self.env["confidentiality.log"]
        for mail in self.sudo().filtered("attachment_ids"):
            outsiders = mail._confidentiality_outsiders(log=log)
            if not outsiders:
                continue
            links = [row for row in outsiders if row["link"] and mail._confidentiality_sender()]
            refused = [row for row in outsiders if row not in links]
            if refused:
                for row in refused:
                    log._collect("denied", row["record"], "mail", note=row["address"], each=True)
                if not self._confidentiality_quiet():
                    raise UserError(mail._confidentiality_error(refused))
                mail._confidentiality_drop(refused)
            if links:
                mail._confidentiality_replace(links)

    @api.model
    def _confidentiality_quiet(self):
        """A customer who writes, and a job, cannot help it: who may not have it is left out."""
        return self.env.user.share or self.env.user._is_superuser()

    def _confidentiality_sender(self):
        """The employee who sends it."""
        user = self.env.user
        if not user.share and not user._is_superuser():
            return user
        return self.author_id.user_ids.filtered(lambda user: not user.share)[:1]

    def _confidentiality_outsiders(self, log=None):
        """Who is named in the mail and may not have its classified files.

        :return: ``[{"partner", "address", "label", "record", "files", "link", "reason"}]``
        """
        self.ensure_one()
        registry = self.env["confidentiality.model"].sudo()
        if not registry._protection().guarded or not self.sudo().attachment_ids:
            return []
        mail = self.sudo()
        found = registry._classified_files(mail.attachment_ids, mail.model, mail.res_id)
        if not found:
            return []
        files = {}
        for attachment_id, places in found.items():
            for label, record in places:
                files.setdefault((record, label), []).append(attachment_id)
        recipients = mail._confidentiality_recipients()
        people = self.env["res.users"].sudo()
        for partner, _address in recipients:
            people |= partner.user_ids.filtered(lambda user: not user.share)
        outsiders = []
        for (record, label), attachment_ids in files.items():
            readers = registry._readers(record, people) if people else people
            customer = registry._customer(record)
            for partner, address in recipients:
                reason, link = self._confidentiality_verdict(partner, label, readers, customer)
                if log is not None and (not reason or label.mode == "observe"):
                    outcome = "observed" if reason else "allowed"
                    log._collect(outcome, record, "mail", note=address, each=True)
                if reason and label.mode == "enforce":
                    outsiders.append(
                        {
                            "partner": partner,
                            "address": address,
                            "label": label,
                            "record": record,
                            "files": attachment_ids,
                            "link": link,
                            "reason": reason,
                        }
                    )
        return outsiders

    @api.model
    def _confidentiality_verdict(self, partner, label, readers, customer):
        """``(why not or None, whether a link may do)`` for one recipient."""
        handling = label.handling
        if handling.mail == "free" or partner.user_ids & readers:
            return None, False
        if any(not user.share for user in partner.user_ids):
            return self.env._("may not read the record"), False
        if customer and partner.commercial_partner_id == customer:
            if not handling.customer_nda or partner._confidentiality_with_nda():
                return None, False
            return self.env._("has no valid NDA"), False
        with_nda = bool(partner and partner._confidentiality_with_nda())
        reason = (
            self.env._("is an outsider") if with_nda else self.env._("is an outsider without NDA")
        )
        return reason, handling.mail == "link" and with_nda

    def _confidentiality_recipients(self):
        """``[(partner or none, address)]`` of everybody whom the mail names."""
        self.ensure_one()
        partners = self.env["res.partner"].sudo()
        known = self.recipient_ids
        named = [(partner, partner.email or partner.name or "") for partner in known]
        addresses = [
            address
            for address in email_normalize_all(", ".join(filter(None, (self.email_to, self.email_cc))))
            if address not in known.mapped("email_normalized")
        ]
        found = partners.search([("email_normalized", "in", addresses)]) if addresses else partners
        for address in addresses:
            same = found.filtered(lambda partner, a=address: partner.email_normalized == a)
            # Of several with one address a colleague is meant before a customer
            same = same.sorted(lambda partner: all(user.share for user in partner.user_ids))
            named.append((same[:1], address))
        return named

    # === WHAT FOLLOWS === #

    def _confidentiality_error(self, refused):
        registry = self.env["confidentiality.model"]
        return self.env._(
            "The mail carries classified files and is not sent (S4-013, S4-035):\n%(people)s\n"
            "Ask for a disclosure (S4-036): an approved one opens a link that works once."
            " %(helpers)s can help.",
            people="\n".join(
                sorted({f"- {row['address']} {row['reason']}" for row in refused})
            ),
            helpers=registry._helpers(),
        )

    def _confidentiality_drop(self, rows):
        """Take recipients out of the mail; a mail without any is cancelled."""
        self.ensure_one()
        addresses = {row["address"] for row in rows}
        partners = self.env["res.partner"].union(*(row["partner"] for row in rows))
        values = {"recipient_ids": [(3, partner.id) for partner in partners]}
        for name in ("email_to", "email_cc"):
            if self[name]:
                values[name] = ", ".join(
                    address
                    for address in email_normalize_all(self[name])
                    if address not in addresses
                    and address not in partners.mapped("email_normalized")
                )
        super().write(values)
        if not self.recipient_ids and not self.email_to and not self.email_cc:
            super().write({"state": "cancel"})

    def _confidentiality_replace(self, rows):
        """Each of these gets the text with a link of his own, in place of the files."""
        self.ensure_one()
        links = self.env["confidentiality.link"]
        by_address = {}
        for row in rows:
            by_address.setdefault((row["partner"], row["address"]), []).append(row)
        self._confidentiality_drop(rows)
        for (partner, address), theirs in by_address.items():
            files = self.env["ir.attachment"].sudo().browse(
                {number for row in theirs for number in row["files"]}
            )
            _link, url = links._issue(
                self._confidentiality_sender(),
                files,
                min(row["label"].handling.link_days for row in theirs),
                recipient_id=partner.id,
                recipient_email=email_normalize(address) or address,
            )
            note = Markup('<p><a href="%s">%s</a></p>') % (
                url,
                self.env._("The files are here. The link works once."),
            )
            self.env["mail.mail"].sudo().create(
                {
                    "subject": self.subject,
                    "author_id": self.author_id.id,
                    "email_from": self.email_from,
                    "reply_to": self.reply_to,
                    "recipient_ids": [(6, 0, partner.ids)],
                    "email_to": False if partner else address,
                    "body_html": Markup(self.body_html or self.body or "") + note,
                    "auto_delete": True,
                }
            )
