# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError

from ...tools import is_engine


class RegulationStockSealed(models.AbstractModel):
    """Figures of a stock model that Odoo computes and our decisions read.

    Odoo lets whoever may write a record type over its stored computed fields. A stock model
    that inherits this names those fields; its own guard calls ``_check_stock_sealed`` for the
    records of a regulated company, so that elsewhere nothing changes.
    """

    _name = "regulation.stock.sealed"
    _description = "Computed Figures of a Stock Model"

    _stock_sealed_fields = frozenset()

    @api.model
    def default_get(self, fields):
        """Such a figure begins with the field's own default: neither a ``default_`` key of
        some context nor a default that a user saved for himself decides on it."""
        values = super().default_get(fields)
        forged = self._stock_sealed_fields.intersection(values)
        if forged and self.env["regulation.profile"]._regulated_companies():
            for name in forged:
                del values[name]
                if default := self._fields[name].default:
                    values[name] = default(self)
        return values

    @api.model
    def _check_stock_sealed(self, vals):
        """Raise AccessError if somebody types what is computed."""
        forged = self._stock_sealed_fields.intersection(vals)
        if forged and not is_engine(self.env):
            labels = [self._fields[name]._description_string(self.env) for name in sorted(forged)]
            raise AccessError(
                self.env._(
                    "%(fields)s: these figures are computed, under a sales regulation nobody"
                    " types them.",
                    fields=", ".join(labels),
                )
            )
