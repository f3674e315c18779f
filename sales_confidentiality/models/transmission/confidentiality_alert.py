# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import engine

_OFFICER = "sales_confidentiality.group_confidentiality_officer"
_AUDIT = "sales_regulation.group_regulation_audit"


class ConfidentialityAlert(models.Model):
    """Somebody took out more records in a day than his level of confidentiality expects (C52).

    Counted from the access log by a job, whichever way; once a day for a person and a level. A
    hint to look, no accusation: the officer looks and closes it with a word (S4-019). Whoever
    it is about is not told: if he is the only officer, an auditor is, else a director.
    """

    _name = "confidentiality.alert"
    _description = "Volume Alert"
    _inherit = ["regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "day desc, id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {"user_id", "company_id", "level_id", "day", "record_count", "volume_limit"}
    )

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, copy=False, index=True
    )
    level_id = fields.Many2one(
        comodel_name="confidentiality.level",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    day = fields.Date(required=True, readonly=True, copy=False, index=True)
    record_count = fields.Integer(
        string="Records",
        readonly=True,
        copy=False,
        help="Read, looked up or taken out until the alert.",
    )
    volume_limit = fields.Integer(string="Expected at most", readonly=True, copy=False)
    remark = fields.Text(help="What the officer found.")

    _once_uniq = models.Constraint(
        "UNIQUE(user_id, level_id, day)", "There is one alert a day for a person and a level."
    )

    @api.depends("user_id", "day")
    def _compute_display_name(self):
        for alert in self:
            alert.display_name = f"{alert.user_id.name} {alert.day or ''}"

    # === BUSINESS METHODS === #

    @api.model
    def _cron_volume(self):
        """Alert on whoever passed the limit of a level today; as many queries for all."""
        guarded = self.env["confidentiality.model"]._protection().guarded
        if not any(label.handling.volume for label in guarded.values()):
            return
        made = []
        for company in self.env["res.company"].sudo().search([]):
            made += [
                {**row, "company_id": company.id, "day": company._regulation_today()}
                for row in self._beyond(company)
            ]
        if not made:
            return
        alerts = engine(self.sudo()).create(made)
        for alert in alerts:
            alert._tell(
                self.env._("Many classified records in one day"),
                self.env._(
                    "%(person)s: %(number)s records of the level %(level)s today, more than"
                    " %(limit)s.",
                    person=alert.user_id.name,
                    number=alert.record_count,
                    level=alert.level_id.name,
                    limit=alert.volume_limit,
                ),
            )

    def _tell(self, summary, note):
        """An activity for one who may read the alert, never for whom it is about: an officer,
        else an auditor, of the company if there is one. Else the directors get a message."""
        self.ensure_one()
        for group in (_OFFICER, _AUDIT):
            users = self.env.ref(group).sudo().all_user_ids.filtered("active") - self.user_id
            theirs = users.filtered(lambda user: self.company_id in user.company_ids)
            if told := (theirs or users)[:1]:
                self.activity_schedule(
                    "mail.mail_activity_data_todo", summary=summary, note=note, user_id=told.id
                )
                return
        directors = self.env["regulation.role"]._code("director")._holders(self.company_id)
        self.message_notify(
            partner_ids=(directors - self.user_id).partner_id.ids, subject=summary, body=note
        )

    @api.model
    def _beyond(self, company):
        """Values of an alert for every person of a company who has none for the level today."""
        day = company._regulation_today()
        zone = company._regulation_tz()
        start = zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc)
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT log.user_id, level.id, SUM(log.number), level.volume_limit
                  FROM confidentiality_log log
                  JOIN confidentiality_label label ON label.id = log.label_id
                  JOIN confidentiality_level level ON level.id = label.level_id
                  JOIN res_users person
                    ON person.id = log.user_id AND person.company_id = %(company)s
                 WHERE log.at >= %(start)s AND log.outcome = 'allowed'
                   AND level.volume_limit > 0
                   AND NOT EXISTS (
                       SELECT 1 FROM confidentiality_alert known
                        WHERE known.user_id = log.user_id AND known.level_id = level.id
                          AND known.day = %(day)s)
                 GROUP BY log.user_id, level.id
                HAVING SUM(log.number) > level.volume_limit
                """,
                company=company.id,
                start=start.replace(tzinfo=None),
                day=day,
            )
        )
        return [
            {"user_id": user_id, "level_id": level_id, "record_count": count, "volume_limit": limit}
            for user_id, level_id, count, limit in rows
        ]
