# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ..visit import sales_contact


class SalesContact(models.Model):
    """A contact stands in the log of its day, and is signed with it (S4-066, S4-068)."""

    _inherit = "sales.contact"

    _sealed_fields = sales_contact.SalesContact._sealed_fields | {"report_id"}

    report_id = fields.Many2one(
        comodel_name="work.report",
        string="Work Log",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The report with which it was handed in.",
    )
