# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import logging
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import format_datetime

from ...tools import stamp_html, stamp_pdf, stamp_text

_logger = logging.getLogger(__name__)

_PRINTING = "confidentiality.printing"
#: set while a document is rendered for a mail
UNMARKED = "confidentiality.unmarked"


class IrActionsReport(models.Model):
    """Printing: a right and a reason where the level demands them, a trace, a watermark.

    Guarded where a report is rendered, so by whatever way it is asked for. Printing needs the
    right to read in any case. What the system renders for itself (jobs, the superuser) and what
    a customer opens of his own documents is neither stopped nor marked (C52, S4-048).
    """

    _inherit = "ir.actions.report"

    @api.model
    def _render_qweb_html(self, report_ref, docids, data=None):
        with self._confidentiality_print(report_ref, docids) as mark:
            content, kind = super()._render_qweb_html(report_ref, docids, data=data)
        return (stamp_html(content, mark) if mark else content), kind

    @api.model
    def _render_qweb_text(self, report_ref, docids, data=None):
        with self._confidentiality_print(report_ref, docids) as mark:
            content, kind = super()._render_qweb_text(report_ref, docids, data=data)
        return (stamp_text(content, mark) if mark else content), kind

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        with self._confidentiality_print(report_ref, res_ids) as mark:
            content, kind = super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        if not mark:
            return content, kind
        if kind != "pdf":
            return stamp_html(content, mark), kind
        try:
            # Only now: what Odoo keeps as the file of the record was stored without a mark
            return stamp_pdf(content, mark), kind
        except Exception:
            # A mark is no lock: the print is on record already
            _logger.exception("No watermark could be put on %s", report_ref)
            return content, kind

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        # Asked for by itself it makes a file that is kept or sent (invoices): without a mark
        cache = self.env.cr.cache
        if cache.get(_PRINTING):
            return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        before = cache.get(UNMARKED)
        cache[UNMARKED] = True
        try:
            return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        finally:
            self.env.cr.cache[UNMARKED] = before

    @contextmanager
    def _confidentiality_print(self, report_ref, docids):
        """Judge and log the print once; yield the text of the watermark or None."""
        cache = self.env.cr.cache
        if cache.get(_PRINTING) or not self.env["confidentiality.model"]._protection().guarded:
            yield None
            return
        mark = self._confidentiality_check_print(report_ref, docids)
        cache[_PRINTING] = True
        try:
            yield mark
        finally:
            self.env.cr.cache.pop(_PRINTING, None)

    @api.model
    def _confidentiality_check_print(self, report_ref, docids):
        """Let a print pass and log it, or refuse it; the text of the watermark, if one is due.

        :raise AccessError: without the right or the reason that the level demands
        """
        user = self.env.user
        report = self._get_report(report_ref)
        ids = [docids] if isinstance(docids, int) else list(docids or ())
        if user._is_superuser() or not ids or report.model not in self.env:
            return None
        registry = self.env["confidentiality.model"]
        records = self.env[report.model].browse(dict.fromkeys(ids))
        classified = registry._classified(records)
        if not classified:
            return None
        if not self.env.su:
            records.check_access("read")
        grants = self.env["confidentiality.grant"]
        access = None if user.share else grants._access_of(user, "observe")
        log = self.env["confidentiality.log"]
        lacking = {
            label
            for label in classified
            if access is not None and label.id not in access.printing
        }
        denied = [label for label in lacking if label.mode == "enforce"]
        reasons = {} if access is None else self._confidentiality_reasons(classified)
        silent = [
            label
            for label, labelled in classified.items()
            if access is not None
            and label.handling.print_reason
            and label.mode == "enforce"
            and set(labelled._ids) - set(reasons)
        ]
        if denied or silent:
            for labelled in classified.values():
                log._collect("denied", labelled, "print", note=report.name, each=True)
            raise registry._refusal(
                self.env._("Printing"),
                denied or silent,
                self.env._("A grant with 'May print' is missing.")
                if denied
                else self.env._("Give the reason first: 'Reason to Print' on the record."),
            )
        for label, labelled in classified.items():
            for record in labelled:
                log._collect(
                    "observed" if label in lacking else "allowed",
                    record,
                    "print",
                    note=" - ".join(filter(None, (report.name, reasons.get(record.id)))),
                    each=True,
                    first=label.handling.log_first,
                )
        if (
            user.share
            or self.env.cr.cache.get(UNMARKED)
            or not any(label.handling.watermark for label in classified)
            or self._confidentiality_stored(records)
        ):
            return None
        names = self.env["confidentiality.label"].sudo().browse(
            label.id for label in classified if label.handling.watermark
        )
        moment = format_datetime(self.env, fields.Datetime.now(), tz=user.tz or "UTC")
        return f"{names[:1].level_id.name} - {user.name} ({user.login}) - {moment}"

    @api.model
    def _confidentiality_reasons(self, classified):
        """``{record id: reason}`` that the person gave lately for what he prints."""
        found = {}
        for label, labelled in classified.items():
            if label.handling.print_reason:
                found.update(
                    self.env["confidentiality.reason"]._given(
                        labelled, label.handling.reason_minutes
                    )
                )
        return found

    @api.model
    def _confidentiality_stored(self, records):
        """A posted invoice has a file of its own, which nothing is ever drawn on."""
        return records._name == "account.move" and "posted" in records.sudo().mapped("state")
