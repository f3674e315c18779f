# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

#: what a category withholds: the stricter one of two is kept
_MODES = ("off", "observe", "enforce")


class ConfidentialityLabel(models.Model):
    """Level x category, or a need-to-know list: what a protected record carries (C50).

    A need-to-know list is a label of its own: its dated members read it and nobody else does,
    not even who holds a grant for the level.
    """

    _name = "confidentiality.label"
    _description = "Confidentiality Label"
    _inherit = ["confidentiality.cached"]
    _order = "rank desc, category_id, id"

    name = fields.Char(compute="_compute_name", store=True, readonly=False, precompute=True)
    level_id = fields.Many2one(
        comodel_name="confidentiality.level", required=True, index=True, ondelete="restrict"
    )
    category_id = fields.Many2one(
        comodel_name="confidentiality.category", required=True, index=True, ondelete="restrict"
    )
    rank = fields.Integer(related="level_id.rank", store=True, index=True)
    is_compartment = fields.Boolean(
        string="Need-to-know List", help="Members only, whatever grants somebody holds."
    )
    member_ids = fields.One2many(
        comodel_name="confidentiality.member", inverse_name="label_id", string="Members"
    )
    active = fields.Boolean(default=True)
    color = fields.Integer(compute="_compute_color")

    _label_uniq = models.UniqueIndex(
        "(level_id, category_id) WHERE is_compartment IS NOT TRUE",
        "There is one label for a level and a category.",
    )

    @api.depends("level_id", "category_id")
    def _compute_name(self):
        for label in self:
            if not label.is_compartment or not label.name:
                label.name = f"{label.category_id.name}: {label.level_id.name}"

    @api.depends("name", "is_compartment", "level_id", "category_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """A need-to-know list has its own name; the others are said in the reader's language."""
        for label in self.sudo():
            label.display_name = (
                label.name
                if label.is_compartment
                else f"{label.category_id.name}: {label.level_id.name}"
            )

    @api.depends("rank")
    def _compute_color(self):
        for label in self:
            label.color = 1 if label.rank >= 40 else 2 if label.rank >= 30 else 4

    def write(self, vals):
        if {"level_id", "category_id", "is_compartment"} & set(vals) and any(
            any(
                key in vals
                and label._fields[key].convert_to_cache(vals[key], label)
                != label._fields[key].convert_to_cache(label[key], label)
                for key in ("level_id", "category_id", "is_compartment")
            )
            for label in self
        ):
            raise UserError(
                self.env._(
                    "What a label says is fixed, records carry it already. Make a new label."
                )
            )
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _get(self, level, category):
        """The label of a level and a category, made when it is needed first."""
        domain = [
            ("level_id", "=", level.id),
            ("category_id", "=", category.id),
            ("is_compartment", "=", False),
        ]
        labels = self.sudo().with_context(active_test=False)
        return labels.search(domain, limit=1) or labels.create(
            {"level_id": level.id, "category_id": category.id}
        )

    def _join(self, other):
        """The label of a record that carries this one and is to carry the other one too (C50).

        Nobody reads it who did not read the first, members of a list excepted: the higher of
        the two levels, in the category that is kept unless the other one is guarded more
        strictly. A need-to-know list is joined at its own level or above, and left for nothing.
        """
        if not self or self._covers(other):
            return self or other
        stricter = other._strictness() - self._strictness()
        if other.rank >= self.rank and (
            stricter >= 0
            if other.is_compartment
            else stricter > 0 or other.category_id == self.category_id
        ):
            return other
        level = max(self, other, key=lambda label: label.rank).level_id
        return self._get(level, (other if stricter > 0 else self).category_id)

    def _covers(self, other):
        """Whether a record with this label keeps it when it is to carry the other one too."""
        if not other or self == other or self.is_compartment:
            return True
        stricter = other._strictness() - self._strictness()
        on_list = other.is_compartment and other.rank == self.rank and stricter == 0
        return other.rank <= self.rank and stricter <= 0 and not on_list

    def _may_follow(self, old):
        """Whether somebody who is not the officer may put this label in the place of ``old``.

        Within the category, or into one that is guarded more strictly, or onto a list: a
        higher level of something that nobody guards would open the record to everybody.
        """
        if not old or self == old:
            return True
        if not self or old.is_compartment or self.rank < old.rank:
            return False
        stricter = self._strictness() - old._strictness()
        return stricter > 0 or (
            stricter == 0 and (self.is_compartment or self.category_id == old.category_id)
        )

    def _strictness(self):
        known = self.env["confidentiality.model"]._protection().known.get(self.id)
        return _MODES.index(known.mode if known else self.category_id.mode)
