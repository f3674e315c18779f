# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models, tools
from odoo.exceptions import AccessError

from ...tools import is_engine


class RegulationSealed(models.AbstractModel):
    """Fields that only the engine writes.

    A status or a piece of evidence that a client may write is worth nothing: whoever
    inherits this names such fields in ``_sealed_fields``, declares them ``readonly`` and
    ``copy=False``, and moves them through ``engine(records).write(...)`` in private methods.
    The guard holds for the superuser too: portal, cron and server actions run as him.
    """

    _name = "regulation.sealed"
    _description = "Fields Only the Engine Writes"

    _sealed_fields = frozenset()
    #: True for evidence: rows are created by the engine and never changed or deleted
    _append_only = False

    @api.model_create_multi
    def create(self, vals_list):
        if not is_engine(self.env):
            for vals in vals_list:
                self._check_sealed(vals, creating=True)
        return super().create(vals_list)

    @api.model
    def default_get(self, fields):
        """What is sealed begins with the field's own default: neither a ``default_`` key of
        some context nor a default that a user saved for himself decides on it."""
        values = super().default_get(fields)
        for name in self._sealed_names().intersection(fields):
            values.pop(name, None)
            if own := self._sealed_default(name):
                values[name] = own
        return values

    @api.model
    @tools.ormcache(cache="stable")
    def _sealed_names(self):
        """The stored fields that the engine alone gives a value."""
        names = self._fields if self._append_only else self._sealed_fields
        return frozenset(
            name
            for name in names
            if (field := self._fields[name]).store
            and name not in models.MAGIC_COLUMNS
            and field.type != "one2many"
        )

    def write(self, vals):
        if not is_engine(self.env):
            self._check_sealed(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if self._append_only and not is_engine(self.env):
            raise AccessError(
                self.env._("%(model)s is evidence: it is never deleted.", model=self._description)
            )

    def _check_sealed_file(self, name):
        """Raise if the file of the field ``name`` may not change now.

        The file of a binary field is an attachment, which a client may write as such.
        """
        self._check_sealed({name: True})

    @api.model
    def _check_sealed(self, vals, creating=False):
        """Raise AccessError if ``vals`` touches what only the engine writes."""
        if self._append_only:
            raise AccessError(
                self.env._(
                    "%(model)s is evidence: it is written by the system only.",
                    model=self._description,
                )
            )
        forbidden = self._sealed_fields.intersection(vals)
        if creating:
            # Clients send the default of a read-only field back: that forges nothing
            forbidden = {
                name for name in forbidden if vals[name] != self._sealed_default(name)
            }
        if forbidden:
            labels = [self._fields[name]._description_string(self.env) for name in sorted(forbidden)]
            raise AccessError(
                self.env._(
                    "%(fields)s of %(model)s is set by the system when the step is taken,"
                    " not by hand. Use the buttons of the document.",
                    fields=", ".join(labels),
                    model=self._description,
                )
            )

    @api.model
    def _sealed_default(self, name):
        default = self._fields[name].default
        value = default(self) if default else False
        return value.id if isinstance(value, models.BaseModel) else value
