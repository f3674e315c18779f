# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationProfilePart(models.AbstractModel):
    """A line of a profile: fixed with it when it is published.

    Whoever adds a table of settings (authorities, approval steps, deadlines...) inherits
    this and declares a one2many with ``copy=True`` on the profile.
    """

    _name = "regulation.profile.part"
    _description = "Part of a Profile"

    profile_id = fields.Many2one(
        comodel_name="regulation.profile", required=True, ondelete="cascade", index=True
    )

    #: fields that may change while the profile is in force
    _editable_in_force = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_profile_editable({"profile_id"})
        return parts

    def write(self, vals):
        self._check_profile_editable(set(vals))
        result = super().write(vals)
        if "profile_id" in vals:
            self._check_profile_editable({"profile_id"})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_profile_editable({"profile_id"})

    def _check_profile_editable(self, names):
        self.profile_id._check_editable(names - self._editable_in_force)
        self.profile_id._clear_policy_cache()
