# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

from ...tools import Period, Request


class KpiQuotaDay(models.Model):
    """What was done of one quota on one working day, and whether the day was met (C43).

    Written with the monthly score of the person, read by whoever reads that, locked with it.
    A day is met if each of its quotas is: more of one makes up for less of another in the mean
    of the month, not in a day. Days of leave owe nothing and have no row.
    """

    _name = "kpi.quota.day"
    _description = "Quota of a Day"
    _inherit = ["kpi.sheet.part"]
    _order = "day desc, user_id, quota_id, id"
    _rec_name = "quota_id"

    _day_uniq = models.Constraint(
        "UNIQUE(sheet_id, day, quota_id)", "A quota has one result on a day."
    )

    day = fields.Date(readonly=True, index=True)
    quota_id = fields.Many2one(
        comodel_name="kpi.quota", required=True, readonly=True, ondelete="restrict", index=True
    )
    owed = fields.Integer(readonly=True, help="The quota of the day.")
    done = fields.Integer(readonly=True, help="Contacts that the manager has signed.")
    percent = fields.Float(
        string="Attained (%)",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Of several days: what was done in all, in percent of what was owed in all.",
    )
    met = fields.Boolean(readonly=True, help="At least the quota was done.")
    day_met = fields.Boolean(
        string="Day Met", readonly=True, help="All quotas of the person were met on this day."
    )
    is_latest = fields.Boolean(related="sheet_id.is_latest", string="Latest Revision")

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "percent:avg":
            return SQL(
                "ROUND(SUM(%s) * 100.0 / NULLIF(SUM(%s), 0), 2)::float",
                self._field_to_sql(self._table, "done", query),
                self._field_to_sql(self._table, "owed", query),
            )
        return super()._read_group_select(aggregate_spec, query)

    def action_open_contacts(self):
        """The contacts that were counted, as far as the reader may see them."""
        self.ensure_one()
        self.check_access("read")
        day = Period(0, self.day, self.day)
        request = Request(self.company_id, self.user_id.ids, [day])
        provider = self.env["kpi.provider"].sudo()
        quota = self.sudo().quota_id
        return {
            "type": "ir.actions.act_window",
            "name": quota.name,
            "res_model": "sales.contact",
            "view_mode": "list,kanban,form",
            "mobile_view_mode": "kanban",
            "domain": [
                *provider._contact_domain(request, self.user_id.id, day, quota._channels()),
                *provider._signed_domain(),
                *([("interested", "=", True)] if quota.interested else []),
            ],
            "context": {"create": False},
        }
