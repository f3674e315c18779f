# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.sales_regulation.tools import engine


class ConfidentialityDevice(models.Model):
    """A device on which somebody works with classified records, his own or the company's (C55).

    A reminder, not protection: what a browser says of itself proves nothing. Devices that
    nobody asked for show in the report of devices used (S4-016, S4-034).
    """

    _name = "confidentiality.device"
    _description = "Device"
    _inherit = ["regulation.submittable", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "user_id", "submitted_at"})
    _approval_kinds = frozenset({"device"})
    _approval_fallbacks = {"device": "manager"}
    _approval_content_fields = (
        "name",
        "ownership",
        "device_type",
        "platform",
        "browser",
        "purpose",
        "date_from",
        "date_to",
    )

    name = fields.Char(string="Device", required=True, help="As its owner calls it: my phone.")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
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
    ownership = fields.Selection(
        selection=[("personal", "Private"), ("company", "The company's")],
        string="Belongs to",
        required=True,
        default="personal",
        tracking=True,
    )
    device_type = fields.Selection(
        selection=[("computer", "Computer"), ("mobile", "Mobile")], required=True, default="mobile"
    )
    platform = fields.Char(
        string="System", required=True, help="As the session says: windows, linux, android, iphone."
    )
    browser = fields.Char(help="As the session says: chrome, firefox, safari. Empty: any.")
    purpose = fields.Text(help="What it is used for.")
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="To", help="Empty: without end.")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("approved", "Approved"),
            ("ended", "Ended"),
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

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "The period cannot end before it begins."
    )

    # === ACTION METHODS === #

    def action_submit(self):
        """Hand the requests in for decision (S4-016).

        :raise UserError: without a purpose
        """
        self.check_access("write")
        self._check_open()
        for device in self:
            if not (device.purpose or "").strip():
                raise UserError(self.env._("%s: say what it is used for.", device.name))
            engine(device.sudo()).write(
                {"state": "submitted", "submitted_at": fields.Datetime.now()}
            )
            device._request_approval("device", device.purpose)

    def action_end(self):
        """The device is not used any more."""
        self.check_access("write")
        engine(self.sudo().filtered(lambda device: device.state == "approved")).write(
            {"state": "ended"}
        )

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            device.id: {name: device[name] for name in self._approval_content_fields}
            for device in self
        }

    def _approval_granted(self, approval):
        engine(self.filtered(lambda device: device.state == "submitted")).write(
            {"state": "approved"}
        )
