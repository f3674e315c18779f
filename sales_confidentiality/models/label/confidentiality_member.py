# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class ConfidentialityMember(models.Model):
    """Who is on a need-to-know list, from when and until when.

    Put on it by the officer, never by himself; ended by a date, never deleted.
    """

    _name = "confidentiality.member"
    _description = "Member of a Need-to-know List"
    _inherit = ["confidentiality.dated"]
    _order = "label_id, date_from desc, id"

    _facts = frozenset({"label_id", "user_id", "date_from"})

    label_id = fields.Many2one(
        comodel_name="confidentiality.label",
        string="Need-to-know List",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_compartment', '=', True)]",
    )

    # The day before: it ended before it began
    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from - 1)",
        "Membership cannot end before it begins.",
    )

    @api.depends("user_id")
    def _compute_display_name(self):
        """The person's name: what a list is called may be a secret itself."""
        for member in self:
            member.display_name = member.user_id.name

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        self.env["regulation.register"]._record(
            "list_joined",
            members,
            lambda member: f"list/{member.label_id.id}",
            subject_id=lambda member: member.user_id.id,
        )
        return members

    def write(self, vals):
        result = super().write(vals)
        if "date_to" in vals:
            self.env["regulation.register"]._record(
                "list_changed",
                self,
                lambda member: f"list/{member.label_id.id}/{member.date_to or ''}",
                subject_id=lambda member: member.user_id.id,
            )
        return result

    # === MESSAGES === #

    @api.model
    def _fixed_message(self):
        return self.env._(
            "Who is on a list since when is fixed: end it by its date, add another."
        )

    @api.model
    def _kept_message(self):
        return self.env._("Who was on a list stays on record: end it by its date.")

    @api.model
    def _oneself_message(self):
        return self.env._("Nobody decides on his own place on a need-to-know list.")
