# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import Counter

from odoo import models


class RegulationProtected(models.AbstractModel):
    """What is read of labelled records goes to the access log."""

    _inherit = "regulation.protected"

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        self._log_confidentiality("read")
        return rows

    def _log_confidentiality(self, channel):
        if self.env.su or not self._confidentiality_used():
            return
        registry = self.env["confidentiality.model"]
        guarded = registry._protection().guarded
        if not guarded:
            return
        labels = {
            record_id: label
            for record_id, label in self._confidentiality_labels().items()
            if label in guarded
        }
        if not labels:
            return
        log = self.env["confidentiality.log"]
        strict = self.env["confidentiality.grant"]._access("observe")
        row = registry._protection().models.get(self._name)
        beyond = []
        if strict is not None and row is not None:
            # What he sees whoever owns it needs no look at the record
            seen = registry._seen(row, strict)
            beyond = [record_id for record_id, label in labels.items() if label not in seen]
        if beyond:
            asked = self.sudo().browse(beyond)
            kept = asked.filtered_domain(registry._domain_of(self._name, strict))
            beyond = (asked - kept)._ids
        observed = Counter(labels.pop(record_id) for record_id in beyond)
        for outcome, counts in (("allowed", Counter(labels.values())), ("observed", observed)):
            if counts:
                numbers = {(label, None): number for label, number in counts.items()}
                log._collect_counts(outcome, self._name, channel, numbers)

    def _confidentiality_labels(self):
        """``{id: label id}``, as kept in memory since the records were read."""
        records = self._origin.sudo()
        records.fetch(["confidentiality_label_id"])
        known = self._fields["confidentiality_label_id"]._get_cache(records.env)
        return {record_id: known.get(record_id) for record_id in records._ids}
