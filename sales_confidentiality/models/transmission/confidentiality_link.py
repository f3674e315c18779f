# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import engine

_OFFICER = "sales_confidentiality.group_confidentiality_officer"


class ConfidentialityLink(models.Model):
    """A link that hands classified files to one recipient, once (C52, C55).

    Its token is known to the recipient only; a digest is kept here. Looking at the page uses
    nothing up, mail scanners do that: one confirmed click delivers. It dies with its date, with
    its use, with the right of whoever sent it, or when it is revoked.
    """

    _name = "confidentiality.link"
    _description = "One-time Link"
    _inherit = ["regulation.sealed", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {
            "token_digest",
            "user_id",
            "company_id",
            "recipient_id",
            "recipient_email",
            "attachment_ids",
            "res_model",
            "res_id",
            "disclosure_id",
            "expires_at",
            "max_uses",
            "used_count",
            "used_at",
            "used_address",
            "revoked_at",
            "revoked_by_id",
        }
    )

    token_digest = fields.Char(required=True, readonly=True, copy=False, groups="base.group_system")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Sent by",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, copy=False, index=True
    )
    recipient_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recipient",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    recipient_email = fields.Char(readonly=True, copy=False)
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment", string="Files", readonly=True, copy=False
    )
    res_model = fields.Char(string="Document Model", readonly=True, copy=False)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True, copy=False
    )
    disclosure_id = fields.Many2one(
        comodel_name="confidentiality.disclosure",
        string="Disclosure",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    expires_at = fields.Datetime(string="Until", required=True, readonly=True, copy=False)
    max_uses = fields.Integer(string="Works", readonly=True, copy=False, default=1)
    used_count = fields.Integer(string="Opened", readonly=True, copy=False)
    used_at = fields.Datetime(string="Opened at", readonly=True, copy=False)
    used_address = fields.Char(string="Opened from", readonly=True, copy=False)
    revoked_at = fields.Datetime(readonly=True, copy=False)
    revoked_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("used", "Used"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
        ],
        compute="_compute_state",
        search="_search_state",
    )

    _token_uniq = models.Constraint("UNIQUE(token_digest)", "A token belongs to one link.")
    _uses = models.Constraint(
        "CHECK(used_count <= max_uses)", "A link works as often as it says, not more."
    )

    # === COMPUTE METHODS === #

    @api.depends("recipient_id", "recipient_email")
    def _compute_display_name(self):
        for link in self:
            link.display_name = link.recipient_id.name or link.recipient_email or ""

    @api.depends("revoked_at", "used_count", "max_uses", "expires_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for link in self:
            if link.revoked_at:
                link.state = "revoked"
            elif link.used_count >= link.max_uses:
                link.state = "used"
            elif not link.expires_at or link.expires_at <= now:
                link.state = "expired"
            else:
                link.state = "open"

    def _search_state(self, operator, value):
        if operator != "in" or list(value) != ["open"]:
            return NotImplemented
        return [
            ("revoked_at", "=", False),
            ("used_count", "=", 0),
            ("expires_at", ">", fields.Datetime.now()),
        ]

    # === ACTION METHODS === #

    def action_revoke(self):
        """End the links now: whoever sent them, and the confidentiality officer.

        :raise AccessError: for anybody else
        """
        self.check_access("read")
        officer = self.env.su or self.env.user.has_group(_OFFICER)
        for link in self:
            if not officer and link.user_id != self.env.user:
                raise AccessError(
                    self.env._("Who sent a link revokes it, or the confidentiality officer.")
                )
        engine(self.sudo().filtered(lambda link: link.state == "open")).write(
            {"revoked_at": fields.Datetime.now(), "revoked_by_id": self.env.uid}
        )

    # === BUSINESS METHODS === #

    @api.model
    def _digest(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _issue(self, sender, attachments, days, record=None, **values):
        """A new link and the address that opens it, which is not kept anywhere.

        :param int days: how long it lives
        :param record: the document whose own print is handed over, if no file is
        """
        token = secrets.token_urlsafe(32)
        link = engine(self.sudo()).create(
            {
                "token_digest": self._digest(token),
                "max_uses": 1,
                "used_count": 0,
                "user_id": sender.id,
                "company_id": self.env.company.id,
                "attachment_ids": [(6, 0, attachments.ids)],
                "res_model": record._name if record is not None else False,
                "res_id": record.id if record is not None else False,
                "expires_at": fields.Datetime.now() + timedelta(days=days),
                **values,
            }
        )
        link = self.sudo().browse(link.id)  # the engine's token goes no further
        for label, shared in link._places():
            self.env["confidentiality.log"]._collect(
                "allowed",
                shared,
                "link",
                note=self.env._("Sent to %s", link.display_name),
                each=True,
                first=label.handling.log_first,
            )
        return link, f"{link.get_base_url()}/confidentiality/link/{token}"

    @api.model
    def _find(self, token):
        """The link of a token that still opens something, else nothing."""
        link = self.sudo().search([("token_digest", "=", self._digest(str(token)))], limit=1)
        return link if link and link._is_live() else self.sudo().browse()

    def _is_live(self):
        """Not used, ended or revoked; what was approved, and its sender may still read it."""
        self.ensure_one()
        sender = self.user_id
        if self.state != "open" or not sender.active:
            return False
        disclosure = self.disclosure_id
        if disclosure and not disclosure._approvals_valid("disclosure").get(disclosure.id):
            return False
        return all(
            record.exists() and record.with_user(sender).sudo(False).has_access("read")
            for record in self._records()
        )

    def _records(self):
        """What the files belong to, and the document."""
        self.ensure_one()
        places = {(file.res_model, file.res_id) for file in self.attachment_ids}
        places.add((self.res_model, self.res_id))
        return [
            self.env[model].sudo().browse(number)
            for model, number in sorted(places, key=str)
            if model and number and model in self.env
        ]

    def _places(self):
        """``[(Label, record)]`` of what the link hands over."""
        self.ensure_one()
        registry = self.env["confidentiality.model"]
        found = [
            place
            for places in registry._classified_files(self.attachment_ids).values()
            for place in places
        ]
        for record in self._records():
            found += [(label, labelled) for label, labelled in registry._classified(record).items()]
        return list({(label.id, record): (label, record) for label, record in found}.values())

    def _consume(self, address):
        """Use the link up; False if somebody else was first."""
        self.ensure_one()
        self.flush_recordset()
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE confidentiality_link
                   SET used_count = used_count + 1, used_at = %s, used_address = %s
                 WHERE id = %s AND used_count < max_uses AND revoked_at IS NULL
                   AND expires_at > %s
             RETURNING id
                """,
                now,
                address,
                self.id,
                now,
            )
        )
        self.invalidate_recordset()
        if not rows:
            return False
        for label, record in self._places():
            self.env["confidentiality.log"]._collect(
                "allowed",
                record,
                "link",
                note=self.env._(
                    "Opened by %(recipient)s, sent by %(sender)s",
                    recipient=self.display_name,
                    sender=self.user_id.name,
                ),
                each=True,
                first=label.handling.log_first,
            )
        return True

    @api.model
    def _report_of(self, model_name):
        """The print of documents of a model, empty if there is none."""
        reports = self.env["ir.actions.report"].with_user(api.SUPERUSER_ID)
        return reports.search(
            [("model", "=", model_name), ("report_type", "=", "qweb-pdf")], order="id", limit=1
        )

    def _print_document(self):
        """``(name, content)`` of the document's own print, made by the system."""
        self.ensure_one()
        report = self._report_of(self.res_model)
        content, kind = report._render_qweb_pdf(report, [self.res_id])
        record = self.env[self.res_model].sudo().browse(self.res_id)
        return f"{record.display_name}.{kind}", content
