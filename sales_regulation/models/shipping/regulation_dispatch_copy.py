# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationDispatchCopy(models.Model):
    """A copy of the delivery note (送貨單聯): what stands on it, and whether it comes back.

    Their number is that of the lines: three in a regulation with notes in triplicate
    (S2-50). Without lines one paper is printed, and it is expected back signed.
    """

    _name = "regulation.dispatch.copy"
    _description = "Copy of the Delivery Note"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Label", required=True, translate=True, help="Printed on the copy: who it is for."
    )
    comes_back = fields.Boolean(
        help="The customer signs it and it returns to the warehouse: its return is followed."
    )
