# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL


class ConfidentialityDeviceUse(models.Model):
    """Devices that people with grants have used, and whether anybody approved them (S4-034)."""

    _name = "confidentiality.device.use"
    _description = "Device Used"
    _auto = False
    _order = "is_known, last_activity desc, id"
    _depends = {
        "res.device.log": ["user_id", "platform", "browser", "device_type", "last_activity"],
        "confidentiality.device": ["user_id", "platform", "browser", "state", "date_from"],
        "confidentiality.grant": ["user_id", "date_from", "date_to", "revoked_at"],
    }

    user_id = fields.Many2one(comodel_name="res.users", string="Person", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    platform = fields.Char(string="System", readonly=True)
    browser = fields.Char(readonly=True)
    device_type = fields.Selection(
        selection=[("computer", "Computer"), ("mobile", "Mobile")], readonly=True
    )
    first_activity = fields.Datetime(string="First used", readonly=True)
    last_activity = fields.Datetime(string="Last used", readonly=True)
    sessions = fields.Integer(readonly=True)
    is_known = fields.Boolean(string="Approved", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(used.id) AS id, used.user_id, person.company_id, used.platform,
                   used.browser, used.device_type, MIN(used.first_activity) AS first_activity,
                   MAX(used.last_activity) AS last_activity,
                   COUNT(DISTINCT used.session_identifier) AS sessions,
                   BOOL_OR(EXISTS (
                       SELECT 1 FROM confidentiality_device device
                        WHERE device.user_id = used.user_id AND device.state = 'approved'
                          AND lower(device.platform) = lower(used.platform)
                          AND (device.browser IS NULL
                               OR lower(device.browser) = lower(used.browser))
                          AND device.date_from <= used.last_activity::date
                          AND (device.date_to IS NULL
                               OR device.date_to >= used.last_activity::date))) AS is_known
              FROM res_device_log used
              JOIN res_users person ON person.id = used.user_id
             WHERE EXISTS (
                   SELECT 1 FROM confidentiality_grant given
                    WHERE given.user_id = used.user_id AND given.revoked_at IS NULL
                      AND given.date_from <= CURRENT_DATE
                      AND (given.date_to IS NULL OR given.date_to >= CURRENT_DATE))
             GROUP BY used.user_id, person.company_id, used.platform, used.browser,
                      used.device_type
            """
        )
