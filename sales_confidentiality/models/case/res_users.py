# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from odoo.addons.sales_regulation.tools import engine


class ResUsers(models.Model):
    """Sessions and keys of a person can be ended by somebody else (C56, C57)."""

    _inherit = "res.users"

    # Part of every session's token: empty it changes no token, a new moment ends all of them
    sessions_ended_at = fields.Datetime(readonly=True, copy=False, groups=fields.NO_ACCESS)

    def _get_session_token_fields(self):
        return super()._get_session_token_fields() | {"sessions_ended_at"}

    def _confidentiality_end_access(self):
        """End the sessions and keys of these people: gone at their next request.

        They may log in again, as long as their user is active. Constant number of queries.

        :return: number of API keys that were revoked
        """
        people = self.sudo()
        keys = people.env["res.users.apikeys"].search([("user_id", "in", people.ids)])
        number = len(keys)
        keys._remove()
        # Sessions of devices that Odoo knows go from its store, all others by their token
        devices = people.env["res.device.log"].search(
            [("user_id", "in", people.ids), ("revoked", "=", False)]
        )
        devices.write({"revoked": True})
        engine(people).write({"sessions_ended_at": fields.Datetime.now()})
        return number
