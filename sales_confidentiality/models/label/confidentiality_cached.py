# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ConfidentialityCached(models.AbstractModel):
    """Settings that every rule reads: a change of them is effective at the next request."""

    _name = "confidentiality.cached"
    _description = "Setting of Confidentiality"

    #: whether the register notes which of the settings changed
    _changes_on_record = False

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._clear_protection()
        return records

    def write(self, vals):
        result = super().write(vals)
        self._clear_protection()
        if self._changes_on_record:
            self.env["regulation.register"]._record(
                "label_mode", self, ",".join(sorted(vals))
            )
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_clear_protection(self):
        self._clear_protection()

    @api.ondelete(at_uninstall=False)
    def _unlink_on_record(self):
        self.env["regulation.register"]._record("label_mode", self, "deleted")

    @api.model
    def _clear_protection(self):
        self.env.registry.clear_cache()
        self.env["confidentiality.grant"]._forget()
