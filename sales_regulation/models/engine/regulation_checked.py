# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import engine, reading_frame


class RegulationChecked(models.AbstractModel):
    """What must be complete?

    The items come from the profile in force. ``_checklist_missing(kind)`` is what a gate or
    an approval asks; the form shows ``checklist_display_ids`` and people tick there.

    To put a checklist on a model: inherit this, name the checklists in
    ``_checklist_kinds``, write a method ``_checklist_<code>(self)`` returning ``{id: bool}``
    for each automatic item. See docs/extending.md.
    """

    _name = "regulation.checked"
    _inherit = ["regulation.covered"]
    _description = "Document with a Checklist"

    checklist_display_ids = fields.Many2many(
        comodel_name="regulation.checklist.item",
        compute="_compute_checklist_display_ids",
        compute_sudo=True,
        string="Checklist",
    )
    checklist_progress = fields.Char(
        compute="_compute_checklist_display_ids", compute_sudo=True, string="Complete"
    )

    def _compute_checklist_display_ids(self):
        self.checklist_display_ids = False
        self.checklist_progress = False
        if not self.env["regulation.profile"]._regulated_companies():
            return
        items = {document.id: self.env["regulation.checklist.item"] for document in self}
        done = dict.fromkeys(items, 0)
        for kind, documents in self._checklist_kinds().items():
            by_document = documents._checklist_items(kind)
            complete = documents._checklist_done(kind)
            for document in documents:
                items[document.id] |= by_document[document.id]
                done[document.id] += len(complete[document.id])
        for document in self:
            if items[document.id]:
                document.checklist_display_ids = items[document.id]
                document.checklist_progress = f"{done[document.id]}/{len(items[document.id])}"

    # === CRUD METHODS === #

    def web_read(self, specification):
        """Tell the items which document they are shown on: the form cannot name its own id."""
        items = specification.get("checklist_display_ids")
        if items and len(self) == 1:
            context = {"checklist_model": self._name, "checklist_id": self.id}
            items = {**items, "context": {**(items.get("context") or {}), **context}}
            specification = {**specification, "checklist_display_ids": items}
        return super().web_read(specification)

    # === SEAMS === #

    def _checklist_kinds(self):
        """The checklists that the form of each document shows: ``{kind: documents}``."""
        return {}

    def _checklist_approval(self, kind):
        """Code of the approval whose deciders tick this checklist."""
        return kind

    # === ENDPOINTS === #

    def action_tick(self, item_id):
        """Tick an item of the checklist, in the caller's own name.

        :raise AccessError: if it is not his to tick
        """
        for document in self:
            item = document._checklist_item(item_id)
            document._check_may_tick(item)
            if item.code in document.sudo()._checklist_done(item.kind, item)[document.id]:
                raise UserError(self.env._("%(item)s is ticked already.", item=item.name))
            document._tick(item)
        return True

    def action_untick(self, item_id):
        """Take a tick back; the row stays."""
        for document in self:
            item = document._checklist_item(item_id)
            document._check_may_tick(item)
            ticks = document.sudo()._checklist_ticks(item.kind).filtered(
                lambda tick, item=item: tick.code == item.code
            )
            if not ticks:
                raise UserError(self.env._("%(item)s is not ticked.", item=item.name))
            engine(ticks).write(
                {"undone_by_id": self.env.uid, "undone_at": fields.Datetime.now()}
            )
            document._checklist_record("unticked", item)
        return True

    # === ENGINE === #

    def _checklist_missing(self, kind):
        """Names of the required items that are not complete: ``{id: [name, ...]}``.

        A constant number of queries beside those of the automatic items.
        """
        documents = self.sudo()
        items = documents._checklist_items(kind)
        done = documents._checklist_done(kind)
        return {
            document.id: [
                item.name
                for item in items[document.id]
                if (row := item._row(item.id))[3] and row[2] not in done[document.id]
            ]
            for document in self
        }

    def _checklist_require(self, kind):
        """Raise UserError naming what is missing."""
        lines = []
        for document, missing in zip(self, self._checklist_missing(kind).values(), strict=True):
            if missing:
                lines.append(
                    self.env._(
                        "%(document)s is not complete. Missing: %(items)s",
                        document=document.display_name,
                        items=", ".join(missing),
                    )
                )
        if lines:
            raise UserError("\n".join(lines))

    def _checklist_items(self, kind):
        """The items of each document's checklist, in order: ``{id: items}``."""
        Item = self.env["regulation.checklist.item"].sudo()
        policies = self._regulation_policies()
        result = {}
        for document in self:
            profiles = policies[document.id].profile_ids
            rows = {}
            for row in sorted(
                row for profile in profiles for row in Item._rows(profile).get(kind, ())
            ):
                # The same item in several regulations that hold together is one
                rows.setdefault(row[2], row)
            result[document.id] = Item.browse(row[1] for row in rows.values())
        return result

    def _checklist_done(self, kind, items=None):
        """Codes of the complete items, with the tick of those that people tick.

        :return: ``{id: {code: tick or None}}``
        """
        by_document = (
            self._checklist_items(kind)
            if items is None
            else {document.id: items for document in self}
        )
        done = {document.id: {} for document in self}
        by_code = {}
        manual = {document.id: set() for document in self}
        for document in self:
            for item in by_document[document.id]:
                _sequence, _item, code, _required, automatic = item._row(item.id)
                if automatic:
                    by_code.setdefault(code, []).append(document.id)
                else:
                    manual[document.id].add(code)
        for code, ids in by_code.items():
            method = getattr(self.browse(ids), f"_checklist_{code}", None)
            for res_id, complete in (method() if method else {}).items():
                if complete and res_id in done:
                    done[res_id][code] = None
        if any(manual.values()):
            for tick in self._checklist_ticks(kind):
                if tick.code in manual.get(tick.res_id, ()):
                    done[tick.res_id].setdefault(tick.code, tick)
        return done

    def _checklist_ticks(self, kind):
        """The ticks that count for what the documents say now."""
        if not (frame := reading_frame(self.env)):
            return self._checklist_read_ticks(kind)

        def read(ids):
            ticks = self.browse(ids)._checklist_read_ticks(kind)
            return {**dict.fromkeys(ids, ticks.browse()), **ticks.grouped("res_id")}

        found = frame.once(("ticks", self._name, kind), self._ids, read)
        return self.env["regulation.checklist.tick"].sudo().union(*found.values())

    def _checklist_read_ticks(self, kind):
        ticks = (
            self.env["regulation.checklist.tick"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kind", "=", kind),
                    ("undone_at", "=", False),
                ],
                ["res_id", "code", "fingerprint", "user_id", "at"],
            )
        )
        if not any(ticks.mapped("fingerprint")):
            return ticks
        digests = self._checklist_fingerprints(kind)
        return ticks.filtered(
            lambda tick: not tick.fingerprint or tick.fingerprint == digests.get(tick.res_id)
        )

    def _checklist_fingerprints(self, kind):
        """Fingerprints of what a tick is for, of documents that are under approval too."""
        if not hasattr(self, "_approval_content"):
            return {}
        return self.env["regulation.fingerprint"]._digests(self._approval_content(kind))

    def _checklist_item(self, item_id):
        """The item, which must be one of this document's."""
        self.ensure_one()
        self.check_access("read")
        Item = self.env["regulation.checklist.item"].sudo()
        item = Item.browse(item_id).exists() if isinstance(item_id, int) else Item
        if not item or item not in self.sudo()._checklist_items(item.kind)[self.id]:
            raise UserError(self.env._("This item is not on the checklist of the document."))
        if item.automatic:
            raise UserError(
                self.env._(
                    "%(item)s is evaluated from the document: complete the document instead.",
                    item=item.name,
                )
            )
        return item

    def _check_may_tick(self, item):
        """Raise AccessError if the item is not the caller's to tick.

        Whoever decides on the document may; else the holders of the item's role, on an
        approval's checklist not on their own document; without role whoever may edit it.
        """
        self.ensure_one()
        user = self.env.user
        code = self._checklist_approval(item.kind)
        approvals = self.env["regulation.approval"].sudo().search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("kind_id.code", "=", code),
                ("state", "=", "pending"),
            ]
        )
        if any(approvals.mapped("can_decide")):
            return
        if not item.role_id:
            if self.has_access("write"):
                return
            raise AccessError(
                self.env._("%(item)s is ticked by who decides on it.", item=item.name)
            )
        document = self.sudo()
        own = (
            self.env["regulation.approval.kind"]._id_by_code(code)
            and user in document._regulation_owners() | approvals.interested_ids
        )
        if own or not item.role_id._held_by(user, document._regulation_company()):
            raise AccessError(
                self.env._(
                    "%(item)s is ticked by: %(role)s.", item=item.name, role=item.role_id.name
                )
            )

    def _tick(self, item):
        document = self.sudo()
        fingerprint = False
        if item.bound:
            fingerprint = document._checklist_fingerprints(item.kind).get(document.id, False)
        engine(self.env["regulation.checklist.tick"].sudo()).create(
            {
                "res_model": self._name,
                "res_id": self.id,
                "kind": item.kind,
                "code": item.code,
                "name": item.name,
                "profile_id": item.profile_id.id,
                "user_id": self.env.uid,
                "fingerprint": fingerprint,
                "company_id": document._regulation_company().id,
            }
        )
        self._checklist_record("ticked", item)

    def _checklist_record(self, event, item):
        self.env["regulation.register"]._record(
            event,
            self,
            code=f"{item.kind}.{item.code}",
            profile_id=item.profile_id.id,
            clauses=item.clause_codes or "",
            company_id=self.sudo()._regulation_company().id,
        )
