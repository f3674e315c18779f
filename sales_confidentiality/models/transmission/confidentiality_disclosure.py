# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time

import pytz
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import email_normalize

from odoo.addons.sales_regulation.tools import engine

_OFFICER = "sales_confidentiality.group_confidentiality_officer"


class ConfidentialityDisclosure(models.Model):
    """To tell somebody outside something classified: who, what, what for, how, how long (C55).

    Decided by the superior, for levels that say so by the confidentiality officer too. Once
    approved, whoever asked opens one link for the one recipient, which works once (S4-036).
    """

    _name = "confidentiality.disclosure"
    _description = "Disclosure Request"
    _inherit = ["regulation.submittable", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset({"name", "state", "user_id", "submitted_at", "link_id"})
    _approval_kinds = frozenset({"disclosure"})
    _approval_fallbacks = {"disclosure": "manager"}
    _approval_content_fields = (
        "partner_id",
        "email",
        "res_model",
        "res_id",
        "attachment_ids",
        "purpose",
        "means",
        "date_from",
        "date_to",
    )

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Disclosed to",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    email = fields.Char(
        compute="_compute_email",
        store=True,
        precompute=True,
        readonly=False,
        help="Where the link goes.",
    )
    res_model = fields.Char(string="Document Model")
    res_id = fields.Many2oneReference(string="Document Number", model_field="res_model")
    document = fields.Char(compute="_compute_document", help="The record that it is about.")
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        string="Files",
        domain="[('res_model', '=', res_model), ('res_id', '=', res_id)]",
        help="Empty: the document's own print.",
    )
    purpose = fields.Text(help="What the other side needs it for (S4-036).")
    means = fields.Selection(
        selection=[("mail", "Link by mail"), ("hand", "Link handed over in person")],
        required=True,
        default="mail",
        tracking=True,
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="To", help="Empty: as long as a link of the level lives.")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("approved", "Approved"),
            ("shared", "Link sent"),
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
    link_id = fields.Many2one(
        comodel_name="confidentiality.link", string="Link", readonly=True, copy=False
    )
    link_state = fields.Selection(related="link_id.state", string="Link is")

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "The period cannot end before it begins."
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_email(self):
        """Of whom the person reads in full: whose mask he sees, he writes the address himself."""
        legible = self.partner_id._origin._legible_to_person()
        for request in self:
            recipient = request.partner_id._origin
            request.email = recipient.email if recipient in legible else False

    @api.depends("res_model", "res_id")
    def _compute_document(self):
        for request in self:
            record = request._document()
            readable = record is not None and record.with_env(self.env).has_access("read")
            request.document = record.display_name if readable else False

    # === CONSTRAINT METHODS === #

    @api.constrains("res_model", "res_id")
    def _check_document(self):
        protected = self.env["confidentiality.model"]._protection().models
        for request in self:
            if request.res_model and request.res_model not in protected:
                raise ValidationError(self.env._("Records of this kind carry no label."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._check_recipient()
        for request in requests:
            engine(request.sudo()).name = (
                self.env["ir.sequence"].sudo().next_by_code("confidentiality.disclosure") or "/"
            )
        return requests

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            self._check_recipient()
            # Computed now, for whoever writes: later it could be done for the system
            self._recompute_recordset(["email"])
        return result

    def _check_recipient(self):
        """Raise AccessError if somebody names a recipient whom he may not see himself."""
        self.sudo().partner_id.with_env(self.env).check_access("read")

    # === ACTION METHODS === #

    def action_submit(self):
        """Hand the requests in for decision (S4-036).

        :raise UserError: if one says too little
        :raise AccessError: if the person may not read himself what he wants to disclose
        """
        self.check_access("write")
        self._check_open()
        for request in self:
            if not (request.purpose or "").strip():
                raise UserError(self.env._("%s: say what it is needed for.", request.name))
            if not request._document() and not request.attachment_ids:
                raise UserError(self.env._("%s: say what is disclosed.", request.name))
            if not request.attachment_ids and not self.env["confidentiality.link"]._report_of(
                request.res_model
            ):
                raise UserError(
                    self.env._("%s: this document has no print, name its files.", request.name)
                )
            if request.means == "mail" and not email_normalize(request.email or ""):
                raise UserError(self.env._("%s: where does the link go?", request.name))
            request._check_readable()
            engine(request.sudo()).write(
                {"state": "submitted", "submitted_at": fields.Datetime.now()}
            )
            request._request_approval("disclosure", request.purpose)

    def action_share(self):
        """Open the one link of an approved disclosure, and mail it if so approved (C55).

        Once, by whoever asked, within the period, and only while he may read it himself.

        :return: a notification with the address of the link, which is shown this once
        """
        self.ensure_one()
        self.check_access("read")
        if self.user_id != self.env.user:
            raise AccessError(self.env._("Who asked for the disclosure opens its link."))
        if self.state != "approved" or not self.sudo()._approvals_valid("disclosure"):
            raise UserError(self.env._("%s is not approved, or its link was sent.", self.name))
        today = self.company_id._regulation_today()
        if today < self.date_from or (self.date_to and today > self.date_to):
            raise UserError(self.env._("%s was approved for another period.", self.name))
        self._check_readable()
        link, url = self._open_link()
        engine(self.sudo()).write({"state": "shared", "link_id": link.id})
        if self.means == "mail":
            self._mail_link(url)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "sticky": True,
                "title": self.env._("The link works once"),
                "message": "%s",
                "links": [{"label": url, "url": url}],
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_revoke_link(self):
        """End the link that was opened."""
        self.ensure_one()
        self.check_access("read")
        self.link_id.action_revoke()

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            request.id: {
                "to": request.partner_id,
                "email": request.email,
                "document": (request.res_model or "", request.res_id),
                "print": request._print_version(),
                "files": sorted((file.id, file.checksum or "") for file in request.attachment_ids),
                "purpose": request.purpose,
                "means": request.means,
                "from": request.date_from,
                "to_date": request.date_to,
            }
            for request in self
        }

    def _approval_steps(self, kind, facts):
        steps = super()._approval_steps(kind, facts)
        officers = self.env.ref(_OFFICER).sudo().all_user_ids.filtered("active")
        for request in self:
            if kind == "disclosure" and any(
                label.handling.officer for label, _record in request._places()
            ):
                own = officers.filtered(lambda user, r=request: r.company_id in user.company_ids)
                steps[request.id] = [
                    *steps[request.id],
                    {
                        "sequence": 90,
                        "name": self.env._("Confidentiality officer"),
                        "approver_type": "list",
                        "role_id": False,
                        "candidate_ids": (own or officers).ids,
                        "days_allowed": 0,
                        "opinion": "return",
                        "clause_codes": "S4-036",
                    },
                ]
        return steps

    def _approval_granted(self, approval):
        engine(self.filtered(lambda request: request.state == "submitted")).write(
            {"state": "approved"}
        )

    def _approval_summary(self, approval):
        self.ensure_one()
        _ = self.env._
        labels = self.env["confidentiality.label"].sudo().browse(
            {label.id for label, _record in self._places()}
        )
        means = dict(self._fields["means"]._description_selection(self.env))
        rows = [
            (_("Disclosed to"), self._told_name(self.sudo().partner_id)),
            (_("Signed an NDA"), _("Yes") if self.partner_id._confidentiality_with_nda() else _("No")),
            (_("Label"), ", ".join(labels.mapped("name"))),
            (_("Document"), self._told_name(self._document())),
            (_("Files"), ", ".join(map(self._told_name, self.sudo().attachment_ids))),
            (_("How"), means[self.means]),
            (_("Until"), self.date_to or ""),
        ]
        return Markup("<table class='table table-sm'>%s</table>") % Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td></tr>") % row for row in rows
        )

    @api.model
    def _told_name(self, record):
        """The name of a record as the person may know it who reads the request."""
        if not record:
            return ""
        readable = record.with_env(self.env(su=False)).has_access("read")
        return record.display_name if readable else self._concealed_name()

    # === BUSINESS METHODS === #

    def _document(self):
        """The record that it is about, as superuser; None without one."""
        self.ensure_one()
        if not self.res_model or not self.res_id or self.res_model not in self.env:
            return None
        return self.env[self.res_model].sudo().browse(self.res_id).exists() or None

    def _print_version(self):
        """What would be printed is what was approved: another writing is another content.

        Of the document and of its parts: the text of a line is printed too.
        """
        self.ensure_one()
        record = self._document() if not self.attachment_ids else None
        if record is None:
            return ""
        written = [(record._name, record.id, fields.Datetime.to_string(record.write_date))]
        for name, field in record._fields.items():
            if field.type != "one2many" or not field.store or not self._is_part(field):
                continue
            parts = record.with_context(active_test=False)[name]
            written += [
                (name, part.id, fields.Datetime.to_string(part.write_date))
                for part in parts.sorted("id")
            ]
        return written

    @api.model
    def _is_part(self, field):
        """Whether the records of a one2many are part of their document: they go with it."""
        comodel = self.env[field.comodel_name]
        inverse = comodel._fields.get(field.inverse_name)
        return bool(
            comodel._auto
            and comodel._log_access
            and inverse is not None
            and inverse.type == "many2one"
            and inverse.ondelete == "cascade"
            and not field.comodel_name.startswith("mail.")
        )

    def _places(self):
        """``[(Label, record)]`` of what would be disclosed."""
        self.ensure_one()
        registry = self.env["confidentiality.model"].sudo()
        found = [
            place
            for places in registry._classified_files(self.sudo().attachment_ids).values()
            for place in places
        ]
        if (record := self._document()) is not None:
            found += [(label, labelled) for label, labelled in registry._classified(record).items()]
        return found

    def _check_readable(self):
        """Raise AccessError unless the person may read all of it himself, and whom he tells."""
        self.ensure_one()
        self._check_recipient()
        if (record := self._document()) is not None:
            record.with_env(self.env).check_access("read")
        self.env["confidentiality.model"]._check_files(self.attachment_ids)
        self.attachment_ids.check_access("read")
        for label, record in self._places():
            if label.mode == "enforce":
                record.with_env(self.env).check_access("read")

    def _open_link(self):
        self.ensure_one()
        places = self._places()
        days = min((label.handling.link_days for label, _record in places), default=7)
        values = {}
        if self.date_to:
            zone = self.company_id._regulation_tz()
            end = zone.localize(datetime.combine(self.date_to, time.max)).astimezone(pytz.utc)
            limit = fields.Datetime.add(fields.Datetime.now(), days=days)
            values["expires_at"] = min(end.replace(tzinfo=None, microsecond=0), limit)
        return self.env["confidentiality.link"]._issue(
            self.env.user,
            self.sudo().attachment_ids,
            days,
            record=self._document(),
            recipient_id=self.partner_id.id,
            recipient_email=self.email,
            disclosure_id=self.id,
            **values,
        )

    def _mail_link(self, url):
        self.ensure_one()
        body = Markup("<p>%s</p><p><a href='%s'>%s</a></p><p>%s</p>") % (
            self.env._("%s shares files with you.", self.user_id.name),
            url,
            self.env._("Open the files"),
            self.env._("The link works once. Do not pass it on."),
        )
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._("Files for you from %s", self.company_id.name),
                "author_id": self.user_id.partner_id.id,
                "email_from": self.user_id.email_formatted or self.company_id.email_formatted,
                "email_to": email_normalize(self.email),
                "body_html": body,
                "auto_delete": True,
            }
        )
