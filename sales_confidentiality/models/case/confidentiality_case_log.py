# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

#: that there is a case says nothing of it
_NAMES = frozenset({"id", "name", "display_name", "is_editor"})


class ConfidentialityCase(models.Model):
    """Who read a case, took it out or was refused is on record, case by case (C52, C56).

    In the access log, where the people on the case find it and nobody else does.
    """

    _inherit = "confidentiality.case"

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        if not _NAMES.issuperset(fnames):
            self._log_case("allowed", "read")
        return rows

    def export_data(self, fields_to_export):
        result = super().export_data(fields_to_export)
        self._log_case("allowed", "export")
        return result

    def _log_case(self, outcome, channel, note=None):
        """The system itself leaves no row: it would name who reports."""
        cases = self.browse(id_ for id_ in self._ids if id_)
        if cases and not self.env.su:
            self.env["confidentiality.log"]._collect(outcome, cases, channel, note=note, each=True)

    # === ACTION METHODS === #

    def action_open_reads(self):
        """Show who read this case, and who was refused; for those on it who read the log."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_confidentiality.confidentiality_log_action"
        )
        return {
            **action,
            "domain": [("model", "=", self._name), ("res_id", "=", self.id)],
            "context": {},
        }


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        if records._name != "confidentiality.case":
            return super()._make_access_error(operation, records)
        # Also in developer mode no word of it, and for those on the case a row in the log
        known = records.with_user(self.env.user).sudo(False)
        known._log_case("denied", operation)
        return records._not_on_it()
