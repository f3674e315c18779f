# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
import sys
from datetime import datetime, time

import psycopg2
import pytz
from dateutil.relativedelta import relativedelta
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import Cursor
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import SoftMany2one, engine

_logger = logging.getLogger(__name__)

#: These errors make Odoo replay the whole request: the replay collects again
_REPLAYED = (
    *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
    psycopg2.errors.ReadOnlySqlTransaction,
    ConcurrencyError,
)
_PENDING = "confidentiality.log"
_BATCH = 5000


class ConfidentialityLog(models.Model):
    """Who looked at what is classified, when, by which way; denials too (C52).

    Collected in memory while a request runs and written after it in a transaction of its
    own: a read stays a read. One row per request, person, model, label and channel.
    """

    _name = "confidentiality.log"
    _description = "Access Log"
    _inherit = ["regulation.sealed"]
    _order = "id desc"
    _rec_name = "model"
    _log_access = False
    _append_only = True

    at = fields.Datetime(string="Time", required=True, readonly=True, index=True)
    user_id = SoftMany2one(comodel_name="res.users", string="Person", readonly=True, index=True)
    model = fields.Char(readonly=True, index=True)
    model_name = fields.Char(
        string="Kind of Record", compute="_compute_model_name", search="_search_model_name"
    )
    label_id = SoftMany2one(comodel_name="confidentiality.label", readonly=True, index=True)
    channel = fields.Selection(
        selection=[
            ("read", "Read"),
            ("name", "Name Lookup"),
            ("group", "Groups and Sums"),
            ("export", "Export"),
            ("print", "Print"),
            ("download", "Download"),
            ("copy", "Duplication"),
            ("mail", "Mail"),
            ("link", "One-time Link"),
            ("write", "Change"),
            ("create", "Creation"),
            ("unlink", "Deletion"),
        ],
        readonly=True,
    )
    outcome = fields.Selection(
        selection=[
            ("allowed", "Allowed"),
            ("observed", "Would be denied"),
            ("denied", "Denied"),
        ],
        readonly=True,
        index=True,
    )
    number = fields.Integer(
        string="Records",
        readonly=True,
        help="Of what repeats the facts of documents: these documents. Of groups and sums: groups,"
        " at most the records in them.",
    )
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", readonly=True, help="Of prints, downloads and mails."
    )
    note = fields.Char(
        string="File or Reason",
        readonly=True,
        help="Which report or file, to whom, and the reason that was given.",
    )

    _taken_idx = models.Index("(at, user_id) WHERE outcome = 'allowed'")

    # === COMPUTE METHODS === #

    @api.depends("model")
    def _compute_model_name(self):
        models_of = self.env["ir.model"].sudo()
        for row in self:
            # What its addon took along when it left keeps its technical name
            row.model_name = models_of._get(row.model).name or row.model

    def _search_model_name(self, operator, value):
        found = self.env["ir.model"].sudo().search([("name", operator, value)])
        return [("model", "in", found.mapped("model"))]

    # === BUSINESS METHODS === #

    @api.model
    def _collect(self, outcome, records, channel, note=None, each=False, first=False):
        """Note that the current person reached, or did not reach, these labelled records.

        :param str note: the file, the report, the recipient, the reason
        :param bool each: one row per record, which is named; otherwise they are counted
        :param bool first: write it now, in a transaction of its own, before anything is
            delivered; a killed process then loses nothing
        """
        counts = {}
        labels = self.env["confidentiality.model"]._label_ids(records)
        for record_id in records._ids:
            key = (labels.get(record_id), record_id if each else None)
            counts[key] = counts.get(key, 0) + 1
        self._collect_counts(outcome, records._name, channel, counts, note, first)

    @api.model
    def _collect_counts(self, outcome, model_name, channel, counts, note=None, first=False):
        """The same of ``{(label id, record id or None): number}``."""
        rows = {
            (self.env.uid, model_name, label, channel, outcome, res_id, note or None): number
            for (label, res_id), number in counts.items()
        }
        cr = self.env.cr
        if first:
            if cr.readonly:
                # Odoo serves the request again with a connection that may write
                raise psycopg2.errors.ReadOnlySqlTransaction("the access log is written first")
            query = _insert(rows)
            with self.env.registry.cursor() as other:
                other.execute(query)
            return
        for queue in (cr.postcommit, cr.postrollback):
            pending = queue.data.get(_PENDING)
            if pending is None:
                pending = queue.data[_PENDING] = {}
                registry, rolled_back = self.env.registry, queue is not cr.postcommit
                queue.add(lambda q=queue, r=registry, b=rolled_back: _write_pending(cr, q, r, b))
            for key, number in rows.items():
                pending[key] = pending.get(key, 0) + number

    # === RETENTION === #

    @api.model
    def _remove_old(self):
        """Remove what people of each company did longer ago than its regulation keeps.

        The register says how many rows before the first is gone; they go in batches.
        """
        Seal = self.env["regulation.register.seal"].sudo()
        regulated = self.env["regulation.profile"]._regulated_companies()
        for company in self.env["res.company"].sudo().browse(regulated):
            months = Seal._retention_months(company, "access_log_months")
            day = company._regulation_today() - relativedelta(months=months)
            if not months:
                continue
            older = self._older_than(company, day)
            ((number,),) = self.env.execute_query(SQL("SELECT count(*) %s", older))
            if not number:
                continue
            self.env["regulation.register"]._record(
                "retention",
                company,
                code=f"{self._name} < {day}: {number}",
                company_id=company.id,
            )
            batch = SQL("SELECT log.id %s ORDER BY log.id LIMIT %s", older, _BATCH)
            while rows := self.env.execute_query(batch):
                engine(self.sudo().browse(row_id for (row_id,) in rows)).unlink()
                self.env["ir.cron"]._commit_progress()

    @api.model
    def _older_than(self, company, day):
        """The rows of a company's people from before a day of the company."""
        start = company._regulation_tz().localize(datetime.combine(day, time.min))
        return SQL(
            """
              FROM confidentiality_log log
              JOIN res_users person ON person.id = log.user_id
             WHERE log.at < %s AND person.company_id = %s
            """,
            start.astimezone(pytz.utc).replace(tzinfo=None),
            company.id,
        )


def _insert(rows):
    now = fields.Datetime.now()
    return SQL(
        """
        INSERT INTO confidentiality_log
                    (at, user_id, model, label_id, channel, outcome, res_id, note, number)
             VALUES %s
        """,
        SQL(", ").join((now, *key, number) for key, number in rows.items()),
    )


def _write_pending(cr, queue, registry, rolled_back):
    """Write what was collected; never raise, a callback that raises leaks the connection."""
    pending = queue.data.pop(_PENDING, None)
    if not pending or (rolled_back and isinstance(sys.exc_info()[1], _REPLAYED)):
        return
    query = _insert(pending)
    try:
        # A connection at rest is used as it is: a second one may not be had when the pool
        # is full
        if (
            type(cr) is Cursor
            and not cr.readonly
            and cr._cnx.get_transaction_status() == TRANSACTION_STATUS_IDLE
        ):
            with cr._cnx.cursor() as raw:
                raw.execute(query.code, query.params)
            cr._cnx.commit()
        else:
            with registry.cursor() as other:
                other.execute(query)
    except Exception:
        _logger.exception("The access log could not be written: %s", pending)
