# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import LabelMany2one


class RegulationProtected(models.AbstractModel):
    """Documents that carry a confidentiality label (C50).

    The label is stored, so that no rule needs a join. How it rises and falls: ``base`` here.
    """

    _inherit = "regulation.protected"

    confidentiality_label_id = LabelMany2one(
        comodel_name="confidentiality.label",
        string="Confidentiality",
        index="btree_not_null",
        ondelete="restrict",
        copy=True,
        help="Who may see the record. Raise it here; the confidentiality officer lowers it.",
    )
