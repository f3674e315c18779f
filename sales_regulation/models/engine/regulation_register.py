# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json
import logging
import sys

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE
from psycopg2.extras import execute_values

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import Cursor

from ...tools import SoftMany2one, engine

_logger = logging.getLogger(__name__)

#: These errors make Odoo replay the whole request: the replay records again
_REPLAYED = (
    *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
    psycopg2.errors.ReadOnlySqlTransaction,
    ConcurrencyError,
)
_PENDING = "regulation.register"


class RegulationRegister(models.Model):
    """What happened: append-only, stamped by the server.

    Holds ids, codes and amounts, no personal text, so that erasing a person leaves the
    rows. References carry no foreign key: evidence outlives what it speaks of.
    """

    _name = "regulation.register"
    _description = "Regulation Register"
    _inherit = ["regulation.about.shown", "regulation.sealed"]
    _order = "id desc"
    _rec_name = "event"
    _log_access = False

    _append_only = True

    at = fields.Datetime(
        string="Time", required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    event = fields.Selection(
        selection=[
            ("blocked", "Blocked"),
            ("observed", "Observed"),
            ("released", "Passed by release"),
            ("release_granted", "Release granted"),
            ("release_revoked", "Release revoked"),
            ("submitted", "Submitted for approval"),
            ("approved", "Approved"),
            ("returned", "Returned"),
            ("refused", "Refused"),
            ("voided", "Approval void, content changed"),
            ("withdrawn", "Withdrawn"),
            ("self_decided", "Self-decided"),
            ("signer_added", "Signer added"),
            ("acknowledged", "Acknowledged"),
            ("reminded", "Reminded"),
            ("delegated", "Delegated"),
            ("ticked", "Checklist item ticked"),
            ("unticked", "Checklist tick taken back"),
            ("profile_published", "Profile published"),
            ("profile_retired", "Profile retired"),
            ("mode_changed", "Gate mode changed"),
            ("role_granted", "Role granted"),
            ("role_ended", "Role ended"),
            ("team_changed", "Sales team joined or left"),
            ("deadline_kept", "Deadline kept"),
            ("deadline_breached", "Deadline breached"),
            ("deadline_passed_on", "Deadline passed to somebody else"),
            ("retention", "Old rows removed"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    code = fields.Char(
        readonly=True, help="What exactly: approval kind, deadline, setting, new value."
    )
    gate = fields.Char(readonly=True, index=True, help="Technical code of the gate.")
    clauses = fields.Char(readonly=True, help="Codes of the clauses carried out.")
    user_id = SoftMany2one(comodel_name="res.users", string="Actor", readonly=True, index=True)
    subject_id = SoftMany2one(
        comodel_name="res.users",
        readonly=True,
        index=True,
        help="The employee whom the event concerns, where this is not the actor.",
    )
    company_id = SoftMany2one(comodel_name="res.company", readonly=True, index=True)
    profile_id = SoftMany2one(comodel_name="regulation.profile", readonly=True, index=True)
    # Some events concern no document
    res_model = fields.Char(required=False)
    res_id = fields.Many2oneReference(required=False, index=True)
    amount = fields.Monetary(readonly=True)
    currency_id = SoftMany2one(comodel_name="res.currency", readonly=True)
    hour_key = fields.Char(
        readonly=True, help="One row per document, gate, person and hour for repeated attempts."
    )
    row_hash = fields.Char(readonly=True)
    gate_name = fields.Char(compute="_compute_gate_name", string="Gate Name")

    _document_idx = models.Index("(res_model, res_id)")
    _clause_idx = models.Index("(profile_id, gate, event)")
    _attempt_uniq = models.UniqueIndex(
        "(event, gate, res_model, res_id, user_id, hour_key) WHERE hour_key IS NOT NULL",
        "An attempt is recorded once an hour.",
    )

    @api.depends("event", "res_model", "res_id")
    def _compute_display_name(self):
        labels = dict(self._fields["event"]._description_selection(self.env))
        for row in self:
            row.display_name = (
                f"{labels.get(row.event, row.event)} {row.res_model or ''} {row.res_id or ''}"
            )

    @api.depends("gate")
    @api.depends_context("lang")
    def _compute_gate_name(self):
        gates = self.env["regulation.gate"].sudo().search([("code", "in", self.mapped("gate"))])
        names = {gate.code: gate.name for gate in gates}
        for row in self:
            row.gate_name = names.get(row.gate, row.gate)

    # === BUSINESS === #

    @api.model
    def _record(self, event, records, code="", **values):
        """Write one row per record of ``records`` in the running transaction.

        :param dict values: further columns; a callable gets the record
        :return: the rows
        """
        rows = []
        for record in records:
            row = {
                name: value(record) if callable(value) else value for name, value in values.items()
            }
            rows.append(
                self._prepare_row(event, record, code(record) if callable(code) else code, row)
            )
        # The token stays here: the caller gets rows as anybody has them
        return engine(self.sudo()).create(rows).with_env(self.sudo().env)

    @api.model
    def _prepare_row(self, event, record, code, values):
        company = record.company_id if "company_id" in record._fields else self.env.company
        row = {
            "at": fields.Datetime.now(),
            "event": event,
            "code": code,
            "user_id": self.env.uid,
            "company_id": company.id or self.env.company.id,
            "res_model": record._name,
            "res_id": record.id if isinstance(record.id, int) else 0,
            **values,
        }
        if row.get("amount") and row.get("currency_id"):
            # As it will be stored, so that the hash can be computed again from the row
            row["amount"] = self.env["res.currency"].browse(row["currency_id"]).round(row["amount"])
        row["row_hash"] = self._row_hash(row)
        return row

    @api.model
    def _row_hash(self, row):
        """Hash of what a row says; the people it names may be anonymised, so they stay out."""
        facts = [
            str(row.get(name) or "")
            for name in ("at", "event", "code", "gate", "clauses", "res_model", "res_id")
        ]
        facts.append(f"{row.get('amount') or 0:.2f}")
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    # === ATTEMPTS, WRITTEN AFTER THE TRANSACTION === #

    @api.model
    def _record_attempts(self, event, refusals):
        """Queue one row per refusal, written when the transaction has ended.

        A blocked step rolls back, an import or a cron may swallow the error and commit:
        either way the row is there before the client gets its answer.
        """
        now = fields.Datetime.now()
        rows = []
        for refusal in refusals:
            rows.append(
                self._prepare_row(
                    event,
                    refusal.record,
                    "",
                    {
                        "at": now,
                        "gate": refusal.gate,
                        "clauses": ",".join(refusal.clauses),
                        "profile_id": refusal.profile_id or None,
                        "amount": refusal.amount or 0.0,
                        "currency_id": refusal.currency.id if refusal.currency else None,
                        "hour_key": now.strftime("%Y%m%d%H"),
                    },
                )
            )
        cr = self.env.cr
        queues = [cr.postcommit] if event == "observed" else [cr.postcommit, cr.postrollback]
        for queue in queues:
            pending = queue.data.setdefault(_PENDING, [])
            if not pending:
                registry, rolled_back = self.env.registry, queue is not cr.postcommit
                queue.add(lambda q=queue, r=registry, b=rolled_back: _write_pending(cr, q, r, b))
            pending.extend(rows)

    @api.model
    def _discard_attempts(self):
        """Forget the queued rows: a dry run is no attempt."""
        for queue in (self.env.cr.postcommit, self.env.cr.postrollback):
            queue.data.pop(_PENDING, None)


def _write_pending(cr, queue, registry, rolled_back):
    """Write the queued rows; never raise, a callback that raises leaks the connection."""
    rows = queue.data.pop(_PENDING, [])
    if not rows or (rolled_back and isinstance(sys.exc_info()[1], _REPLAYED)):
        return
    try:
        # A connection at rest is used as it is: a second one may not be had when the
        # pool is full, which is when many are blocked at once
        if (
            type(cr) is Cursor
            and not cr.readonly
            and cr._cnx.get_transaction_status() == TRANSACTION_STATUS_IDLE
        ):
            _insert(cr._cnx, rows)
        else:
            with registry.cursor() as other:
                _insert(other._cnx if isinstance(other, Cursor) else other, rows, commit=False)
    except Exception:
        _logger.exception("Register rows could not be written: %s", rows)


def _insert(cnx, rows, commit=True):
    columns = sorted({name for row in rows for name in row})
    query = (
        f"INSERT INTO regulation_register ({', '.join(columns)}) VALUES %s"
        " ON CONFLICT (event, gate, res_model, res_id, user_id, hour_key)"
        " WHERE hour_key IS NOT NULL DO NOTHING"
    )
    values = [[row.get(name) for name in columns] for row in rows]
    if not hasattr(cnx, "cursor"):
        for row in values:  # a test cursor, which wraps the connection
            cnx.execute(query.replace("VALUES %s", f"VALUES ({', '.join(['%s'] * len(row))})"), row)
        return
    with cnx.cursor() as raw:
        execute_values(raw, query, values)
    if commit:
        cnx.commit()
