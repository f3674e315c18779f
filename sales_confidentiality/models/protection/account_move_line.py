# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import label_index


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "confidentiality.masked", "confidentiality.satellite"]

    _satellite_of = "move_id"
    _satellite_owner = "invoice_user_id"

    #: stamped by the addon of scores, where it is installed
    _masked_rights = {"credited_cost": "cost"}

    _confidentiality_idx = label_index("confidentiality_owner_id")
