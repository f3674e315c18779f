# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ...tools import is_engine


class RegulationSourced(models.AbstractModel):
    """A document that is made from others: an order, an order line, an address.

    What it takes from them is computed as superuser, so whoever names one that he may not
    read would learn what it says, already while he fills in the form.
    """

    _name = "regulation.sourced"
    _description = "Document Made from Others"

    #: many2one fields that name what it is made from
    _source_fields = ()

    @api.model_create_multi
    def create(self, vals_list):
        if not is_engine(self.env):
            self._check_sources(vals_list, defaults=True)
        return super().create(vals_list)

    def write(self, vals):
        if not is_engine(self.env):
            self._check_sources([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_sources([values], defaults=not self)
        for name, value in values.items():
            field = self._fields.get(name)
            lines = self.env.get(field.comodel_name) if field and field.relational else None
            if field and field.type == "one2many" and hasattr(lines, "_check_sources"):
                rows = [command[2] for command in value or () if len(command) > 2]
                lines._check_sources([row for row in rows if isinstance(row, dict)])
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_sources(self, vals_list, defaults=False):
        """Raise AccessError if the caller may not read what these values name."""
        given = self.default_get(list(self._source_fields)) if defaults else {}
        for name in self._source_fields:
            ids = {
                value
                for vals in [given, *vals_list]
                if (value := vals.get(name)) and isinstance(value, int)
            }
            if ids:
                comodel = self.env[self._fields[name].comodel_name]
                comodel.browse(ids).exists().check_access("read")
