# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import Counter

from odoo import api, models
from odoo.fields import Domain

#: records looked at to learn which labels are among those of a group or a sum
_SAMPLE = 1000


class Base(models.AbstractModel):
    """What is read of labelled records goes to the access log, by whichever model (C52).

    The record itself and what repeats its facts: lines, analyses, payments, visits. Models
    that are not registered, and databases without a guarded label, are not asked anything.
    """

    _inherit = "base"

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load)
        self._log_confidentiality("read")
        return rows

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        pairs = super().name_search(name, domain, operator, limit)
        if pairs and self._confidentiality_guarded():
            self.browse(number for number, _label in pairs)._log_confidentiality("name")
        return pairs

    @api.model
    def formatted_read_group(self, domain, groupby=(), *args, **kwargs):
        groups = super().formatted_read_group(domain, groupby, *args, **kwargs)
        self._log_groups(domain, len(groups))
        return groups

    @api.model
    def formatted_read_grouping_sets(self, domain, grouping_sets, *args, **kwargs):
        result = super().formatted_read_grouping_sets(domain, grouping_sets, *args, **kwargs)
        self._log_groups(domain, max(map(len, result), default=0))
        return result

    @api.model
    def read_group(self, domain, *args, **kwargs):
        groups = super().read_group(domain, *args, **kwargs)
        self._log_groups(domain, len(groups))
        return groups

    # === WHAT IS NOTED === #

    @api.model
    def _confidentiality_guarded(self):
        """How the model is protected, None if nothing that is read of it has to be noted."""
        if self.env.su or "confidentiality.model" not in self.env:
            return None
        protection = self.env["confidentiality.model"]._protection()
        return protection.models.get(self._name) if protection.guarded else None

    def _log_confidentiality(self, channel):
        row = self._confidentiality_guarded()
        if row is None:
            return
        registry = self.env["confidentiality.model"]
        guarded = registry._protection().guarded
        labels = {
            record_id: label
            for record_id, label in self._confidentiality_labels(row).items()
            if label in guarded
        }
        if not labels:
            return
        strict = self.env["confidentiality.grant"]._access("observe")
        beyond = []
        if strict is not None:
            # What he sees whoever owns it needs no look at the record
            seen = registry._seen(row, strict) if row.label_field else set(strict.full)
            beyond = [record_id for record_id, label in labels.items() if label not in seen]
        if beyond:
            asked = self.sudo().browse(beyond)
            domain = registry._domain_of(self._name, strict)
            beyond = (asked - asked.filtered_domain(domain))._ids if domain is not None else ()
        about = self._confidentiality_about(row, labels)
        observed = {record_id: labels.pop(record_id) for record_id in beyond}
        for outcome, noted in (("allowed", labels), ("observed", observed)):
            if not noted:
                continue
            counts = Counter(noted.values())
            if about:
                counts = Counter(label for label, _key in {(noted[i], about[i]) for i in noted})
            numbers = {(label, None): number for label, number in counts.items()}
            self.env["confidentiality.log"]._collect_counts(outcome, self._name, channel, numbers)

    def _confidentiality_labels(self, row):
        """``{id: label id}``, as kept in memory since the records were read."""
        if not row.label_field:
            return self.env["confidentiality.model"]._label_ids(self._origin)
        records = self._origin.sudo()
        records.fetch([row.label_field])
        known = self._fields[row.label_field]._get_cache(records.env)
        return {record_id: known.get(record_id) for record_id in records._ids}

    def _confidentiality_about(self, row, record_ids):
        """``{id: what it repeats the facts of}``: sixty lines of one order are one document."""
        if not row.paths:
            return None
        paths = [(path, self._fields[path].type == "many2one_reference") for path in row.paths]
        return {
            record.id: tuple(
                record[path] if number else record[path]._ids for path, number in paths
            )
            for record in self.sudo().browse(record_ids)
        }

    @api.model
    def _log_groups(self, domain, number):
        """Note groups and sums to which guarded records contribute: which labels, looked up
        among some of these records, and as many as there are groups."""
        row = self._confidentiality_guarded()
        if row is None or not number:
            return
        registry = self.env["confidentiality.model"]
        guarded = registry._protection().guarded
        access = self.env["confidentiality.grant"]._access()
        visible = access is None and guarded or guarded.keys() & access.reached
        among = registry._guarded_domain(self._name, visible) if visible else None
        if among is None:
            return
        query = self._search(Domain(domain) & among, limit=_SAMPLE)
        if row.label_field:
            label = self._field_to_sql(query.table, row.label_field, query)
            labels = Counter(label for (label,) in self.env.execute_query(query.select(label)))
        else:
            labels = Counter(registry._label_ids(self.browse(query)).values())
        strict = self.env["confidentiality.grant"]._access("observe")
        for label, found in labels.items():
            lacking = strict is not None and label not in strict.reached
            self.env["confidentiality.log"]._collect_counts(
                "observed" if lacking else "allowed",
                self._name,
                "group",
                {(label, None): min(found, number)},
            )
