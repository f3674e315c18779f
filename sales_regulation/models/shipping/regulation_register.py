# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    # "shipment" is of rows of the first versions: the steps of the notice say who shipped when
    event = fields.Selection(
        selection_add=[("shipment", "Shipment"), ("objection", "Objection to a delivery")],
        ondelete={"shipment": "cascade", "objection": "cascade"},
    )
