# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import is_engine

_OFFICER = "sales_confidentiality.group_confidentiality_officer"
#: an attachment of these stands for the document that the message is about
LOOSE = (False, "mail.message", "mail.mail", "mail.compose.message", "mail.scheduled.message")


class ConfidentialityModel(models.Model):
    """What leaves the system: which label a record or a file carries, and who may take it out.

    Every question begins with the labels that are guarded, from the cache: without one
    nothing is asked.
    """

    _inherit = "confidentiality.model"

    # === WHICH LABEL === #

    @api.model
    def _label_ids(self, records):
        """``{id: label id}`` of records of any model: their own label or the one they follow."""
        row = self._protection().models.get(records._name)
        if row is None:
            for parent, name in records._inherits.items():
                if parent in self._protection().models and records._fields[name].store:
                    return self._followed_label_ids(records, name)
            return {}
        if row.label_field:
            records.sudo().fetch([row.label_field])  # no more than that is read of them
            return {
                record.id: record[row.label_field].id
                for record in records.sudo()
                if record[row.label_field]
            }
        found = {}
        ranks = {label.id: label.rank for label in self._protection().labels}
        for path in row.paths:
            for record_id, label in self._followed_label_ids(records, path).items():
                if ranks[label] >= ranks.get(found.get(record_id), -1):
                    found[record_id] = label
        return found

    @api.model
    def _followed_label_ids(self, records, path):
        """The highest label of what each record leads to by a field."""
        targets = self._targets_by_record(records, path)
        labels = {}
        for name in {target._name for found in targets.values() for target in found}:
            theirs = self.env[name].sudo().union(
                *(one for found in targets.values() for one in found if one._name == name)
            )
            labels |= {(name, key): label for key, label in self._label_ids(theirs).items()}
        ranks = {label.id: label.rank for label in self._protection().labels}
        return {
            record_id: max(mine, key=ranks.__getitem__)
            for record_id, found in targets.items()
            if (mine := [labels[key] for one in found if (key := (one._name, one.id)) in labels])
        }

    @api.model
    def _targets(self, record, path):
        return self._targets_by_record(record, path)[record.id]

    @api.model
    def _targets_by_record(self, records, path):
        """``{id: [record, ...]}`` to which a field of each record leads; of any model for a
        reference."""
        records = records.sudo()
        field = records._fields[path]
        if field.type != "many2one_reference":
            return {record.id: list(record[path]) for record in records}
        named = {}
        for record in records:
            if record[path] and record[field.model_field] in self.env:
                named.setdefault(record[field.model_field], set()).add(record[path])
        found = {
            (name, target.id): [target]
            for name, ids in named.items()
            for target in self.env[name].sudo().browse(sorted(ids)).exists()
        }
        return {
            record.id: found.get((record[field.model_field], record[path]), [])
            for record in records
        }

    @api.model
    def _labelled(self, record):
        """The labelled records whose facts a record repeats; itself if it carries the label."""
        row = self._protection().models.get(record._name)
        if row is None:
            return []
        if row.label_field:
            return [record]
        return [
            labelled
            for path in row.paths
            for target in self._targets(record, path)
            for labelled in self._labelled(target)
        ]

    @api.model
    def _classified(self, records):
        """``{Label: records}`` of those that are withheld from somebody; no query without labels."""
        guarded = self._protection().guarded
        if not guarded or not records:
            return {}
        found = {}
        for record_id, label_id in self._label_ids(records).items():
            if label_id in guarded:
                found.setdefault(guarded[label_id], []).append(record_id)
        return {label: records.browse(ids) for label, ids in found.items()}

    @api.model
    def _classified_files(self, attachments, model=None, res_id=None):
        """``{attachment id: [(Label, record)]}``: what each file belongs to.

        A file belongs to the record that it is attached to. The same document attached to
        something else is still that document: it is known by its content. Pictures are not,
        a logo would be everybody's.

        :param str model, int res_id: the document of the message that loose files go with
        """
        protection = self._protection()
        if not protection.guarded or not attachments:
            return {}
        places = {}
        twins = self._twins(attachments)
        for attachment in attachments.sudo():
            place = (attachment.res_model or False, attachment.res_id)
            if place[0] in LOOSE:
                place = (model, res_id)
            places[attachment.id] = [place, *twins.get(attachment.id, ())]
        by_model = {}
        for found in places.values():
            for name, number in found:
                if name and number and name in self.env:
                    by_model.setdefault(name, set()).add(number)
        labels = {}
        for name, ids in by_model.items():
            records = self.env[name].sudo().browse(sorted(ids)).exists()
            for label, labelled in self._classified(records).items():
                labels.update({(name, number): label for number in labelled._ids})
        return {
            attachment_id: [
                (labels[place], self.env[place[0]].browse(place[1]))
                for place in dict.fromkeys(found)
                if place in labels
            ]
            for attachment_id, found in places.items()
            if any(place in labels for place in found)
        }

    @api.model
    def _twins(self, attachments):
        """``{attachment id: [(model, id)]}``: where else the same documents are attached."""
        self.env["ir.attachment"].flush_model(
            ["store_fname", "checksum", "mimetype", "res_model", "res_id"]
        )
        # The name in the store is made of the content, and indexed
        query = SQL(
            """
            SELECT mine.id, twin.res_model, twin.res_id
              FROM ir_attachment mine
              JOIN ir_attachment twin ON twin.store_fname = mine.store_fname
             WHERE %(mine)s AND %(twin)s
            UNION
            SELECT mine.id, twin.res_model, twin.res_id
              FROM ir_attachment mine
              JOIN ir_attachment twin ON twin.checksum = mine.checksum
             WHERE mine.store_fname IS NULL AND twin.store_fname IS NULL
               AND mine.db_datas IS NOT NULL AND %(mine)s AND %(twin)s
            """,
            mine=SQL(
                "mine.id IN %s AND COALESCE(mine.mimetype, '') NOT LIKE 'image/%%'",
                attachments._ids,
            ),
            twin=SQL(
                "twin.id <> mine.id AND twin.res_model IN %s AND twin.res_id IS NOT NULL",
                tuple(self._protection().models),
            ),
        )
        twins = {}
        for attachment_id, name, number in self.env.execute_query(query):
            twins.setdefault(attachment_id, []).append((name, number))
        return twins

    # === WHO MAY === #

    @api.model
    def _readers(self, record, users, in_full=False):
        """Those of ``users`` whom the label of the record lets read it today; one query.

        :param bool in_full: without those who see its base card only
        """
        guarded = self._protection().guarded
        models = self._protection().models
        labelled = [
            (one, models[one._name])
            for one in self._labelled(record.sudo())
            if one[models[one._name].label_field].id in guarded
        ]
        if not labelled:
            return users
        grants = self.env["confidentiality.grant"].sudo()
        facts = grants._facts_of(users)
        modes = ("enforce", "observe")

        def reads(user):
            access = grants._judge(user.id, self._protection(), modes, facts[user.id])
            return user.active and all(
                one.filtered_domain(
                    self._visible(row, access, in_full and row.has_card)
                    | self._exempt(one._name)
                )
                for one, row in labelled
            )

        return users.filtered(reads)

    @api.model
    def _reads_in_full(self, record, user):
        """Whether somebody may have the record's files: more than its base card."""
        own = record.with_user(user).sudo(False)
        return own.has_access("read") and own._with_history() == own

    @api.model
    def _customer(self, record):
        """The company that the record is about: he may be sent his own documents."""
        record = record.sudo()
        row = self._protection().models.get(record._name)
        while row is not None and row.paths:
            targets = self._targets(record, row.paths[0])
            if not targets:
                return self.env["res.partner"]
            record = targets[0]
            row = self._protection().models.get(record._name)
        if record._name == "res.partner":
            return record.commercial_partner_id
        field = record._fields.get("partner_id")
        if not field or field.comodel_name != "res.partner":
            return self.env["res.partner"]
        return record.partner_id.commercial_partner_id

    @api.model
    def _helpers(self):
        """Names of the people who can help: the confidentiality officers."""
        officers = self.env.ref(_OFFICER).sudo().all_user_ids.filtered("active")
        return ", ".join(officers.mapped("name")) or self.env._("The confidentiality officer")

    @api.model
    def _refusal(self, what, labels, missing, clause="S4-048"):
        """The error that says what is refused, what is missing, which clause, who can help."""
        names = self.env["confidentiality.label"].sudo().browse(label.id for label in labels)
        return AccessError(
            self.env._(
                "%(what)s is refused for %(labels)s (%(clause)s). %(missing)s %(people)s can help.",
                what=what,
                labels=", ".join(names.mapped("name")),
                clause=clause,
                missing=missing,
                people=self._helpers(),
            )
        )

    # === EXPORT === #

    @api.model
    def _check_export(self, records, paths):
        """Let an export pass, or log the attempt and refuse (S4-048).

        :param list paths: what is exported, with the records on the way
        :raise AccessError: without Odoo's right to export or without the right on the grant
        """
        if self.env.su or not self._protection().guarded:
            return
        exported = self._exported(records, paths)
        if not exported:
            return
        records.check_access("read")
        access = self.env["confidentiality.grant"]._access("observe")
        may = self.env.user.has_group("base.group_allow_export")
        labels = {label for label, _records in exported}
        lacking = {label for label in labels if access is not None and label.id not in access.export}
        denied = {label for label in lacking if label.mode == "enforce"}
        log = self.env["confidentiality.log"]
        if denied or not may:
            for _label, labelled in exported:
                log._collect("denied", labelled, "export")
            raise self._refusal(
                self.env._("The export"),
                denied or labels,
                self._missing_for_export(may, denied),
            )
        for label, labelled in exported:
            log._collect(
                "observed" if label in lacking else "allowed",
                labelled,
                "export",
                first=label.handling.log_first,
            )

    @api.model
    def _missing_for_export(self, may, denied):
        missing = []
        if not may:
            missing.append(self.env._("Odoo's right to export is missing."))
        if denied:
            missing.append(self.env._("A grant with 'May export' is missing."))
        return " ".join(missing)

    @api.model
    def _exported(self, records, paths):
        """``[(Label, records)]`` of what an export contains, by way of relations too."""
        steps = {(): records.sudo()}
        for path in paths:
            names = tuple(path.split("/")[:-1])
            for depth in range(1, len(names) + 1):
                before = steps.get(names[: depth - 1])
                field = before is not None and before._fields.get(names[depth - 1])
                if not field or not field.relational:
                    break
                if names[:depth] not in steps:
                    steps[names[:depth]] = before.mapped(names[depth - 1])
        reached = {}
        for step in steps.values():
            reached[step._name] = reached.get(step._name, step.browse()) | step
        found = []
        for name, step in reached.items():
            own = step.sudo(False)
            if name != records._name:
                own = own._filtered_access("read")
            found += self._classified(own).items()
        return found

    @api.model
    def _check_sheet(self, model_name, number):
        """The same for a table that the client has computed: what it holds cannot be seen here.

        Everything classified of that model which the person sees counts as part of it.
        """
        guarded = self._protection().guarded
        if self.env.su or not guarded or model_name not in self.env:
            return
        domain = self._guarded_domain(model_name, guarded)
        model = self.env[model_name]
        if domain is None or not model.has_access("read"):
            return
        access = self.env["confidentiality.grant"]._access("observe")
        may = self.env.user.has_group("base.group_allow_export")
        closed = {
            label_id: label
            for label_id, label in guarded.items()
            if access is not None and label_id not in access.export
        }
        lacking = closed if may else guarded
        hit = bool(model.search_count(self._guarded_domain(model_name, lacking), limit=1))
        enforced = {key: label for key, label in lacking.items() if label.mode == "enforce"}
        denied = hit and bool(
            not may or model.search_count(self._guarded_domain(model_name, enforced), limit=1)
        )
        if not hit and not model.search_count(domain, limit=1):
            return
        outcome = "denied" if denied else "observed" if hit else "allowed"
        self.env["confidentiality.log"]._collect_counts(
            outcome,
            model_name,
            "export",
            {(None, None): number},
            first=not denied and any(label.handling.log_first for label in guarded.values()),
        )
        if denied:
            raise self._refusal(
                self.env._("The spreadsheet"),
                (enforced or lacking).values(),
                self._missing_for_export(may, bool(enforced)),
            )

    @api.model
    def _guarded_domain(self, model_name, labels):
        """The records of a model with one of these labels, None if it has none."""
        row = self._protection().models.get(model_name)
        if row is None:
            return None
        if row.label_field:
            return Domain(row.label_field, "in", list(labels))
        ways = []
        for path in row.paths:
            field = self.env[model_name]._fields[path]
            if field.type != "many2one_reference":
                theirs = self._guarded_domain(field.comodel_name, labels)
                if theirs is not None:
                    ways.append(Domain(path, "any", theirs))
        return Domain.OR(ways) if ways else None

    # === DOWNLOAD === #

    @api.model
    def _check_download(self, record, field_name):
        """Let a file be downloaded and log it, or refuse it, whatever token came along (S4-048).

        :raise AccessError: if the person himself may not read what the file belongs to
        """
        if not self._protection().guarded or self.env.user._is_superuser():
            return
        if record._name == "ir.attachment":
            self._check_files(record)
            return
        if record._name == "product.document":
            self._check_files(record.sudo().ir_attachment_id)
            return
        if isinstance(record._fields.get(field_name), fields.Image):
            return
        for label, labelled in self._classified(record).items():
            self._judge_file(label, labelled, field_name)

    @api.model
    def _check_files(self, attachments):
        """The same for the content of attachments."""
        user = self.env.user
        if not self._protection().guarded or user._is_superuser():
            return
        files = attachments.sudo().filtered(
            lambda file: not (file.res_field and (file.mimetype or "").startswith("image/"))
        )
        found = self._classified_files(files)
        names = {file.id: file.name for file in files} if found else {}
        for attachment_id, places in found.items():
            # A document attached in several places: whoever reads it in one of them knows it
            readable = [
                (label, record)
                for label, record in places
                if self._reads_in_full(record, user)
            ]
            label, record = (readable or places)[0]
            self._judge_file(label, record, names[attachment_id], bool(readable))

    @api.model
    def _judge_file(self, label, record, note, readable=None):
        log = self.env["confidentiality.log"]
        if readable is None:
            readable = self._reads_in_full(record, self.env.user)
        enforced = label.mode == "enforce"
        if not readable and enforced:
            log._collect("denied", record, "download", note=note, each=True)
            raise AccessError(
                self.env._(
                    "This file belongs to a classified record that you may not read (S4-048)."
                    " %s can help.",
                    self._helpers(),
                )
            )
        log._collect(
            "allowed" if readable else "observed",
            record,
            "download",
            note=note,
            each=True,
            first=label.handling.log_first,
        )

    # === DUPLICATES === #

    @api.model
    def _check_copy(self, records):
        """Refuse the duplicate of a classified document or file; note every other one (S4-048)."""
        protection = self._protection()
        if not protection.guarded or self.env.su or is_engine(self.env):
            return
        row = protection.models.get(records._name)
        if records._name in ("ir.attachment", "product.document"):
            files = records
            if records._name == "product.document":
                files = records.sudo().ir_attachment_id
            found = self._classified_files(files)
            labels = {label for places in found.values() for label, _record in places}
            refused = bool(labels)
            classified = [(label, records) for label in labels]
        elif row is None:
            return
        else:
            classified = list(self._classified(records).items())
            refused = row.no_copy
        if not classified:
            return
        records.check_access("read")
        log = self.env["confidentiality.log"]
        denied = [label for label, _records in classified if refused and label.mode == "enforce"]
        for label, labelled in classified:
            outcome = "denied" if label in denied else "observed" if refused else "allowed"
            log._collect(outcome, labelled, "copy", each=True)
        if denied:
            raise self._refusal(
                self.env._("Duplicating"),
                denied,
                self.env._("Classified documents and files are not duplicated."),
            )
