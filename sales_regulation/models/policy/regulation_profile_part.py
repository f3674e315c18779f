# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

_TECHNICAL = {*models.MAGIC_COLUMNS, "display_name", "profile_id", "sequence"}


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

    #: whoever may not see the profile sees none of its parts, see ``ir.rule``
    _part_of_profile = True
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
        self.profile_id._clear_policy_cache()
        if "profile_id" in vals:
            self._check_profile_editable({"profile_id"})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_profile_editable({"profile_id"})

    def _check_profile_editable(self, names):
        self.profile_id._check_editable(names - self._editable_in_force)
        self.profile_id._clear_policy_cache()

    def _change_lines(self):
        """These lines as people compare them between two versions: ``{what: text}``."""
        lines = {}
        for part in self:
            key = label = part.display_name or ""
            number = 1
            while key in lines:
                number += 1
                key = f"{label} ({number})"
            lines[key] = part._change_text()
        return lines

    def _change_text(self):
        """Everything that this line says, in one text."""
        self.ensure_one()
        texts = []
        for name, field in self._fields.items():
            if name in _TECHNICAL or field.related or not (field.store or field.inverse):
                continue
            if name != self._rec_name and (text := self.profile_id._field_text(self, name)):
                texts.append(f"{field._description_string(self.env)}: {text}")
        return "; ".join(texts) or self.display_name
