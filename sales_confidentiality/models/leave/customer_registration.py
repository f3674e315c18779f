# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


def _keep(_rows):
    """History outlives the addon that wrote it."""


class CustomerRegistration(models.Model):
    _inherit = "customer.registration"

    how = fields.Selection(
        selection_add=[("leaver", "His owner left")], ondelete={"leaver": _keep}
    )
    end_reason = fields.Selection(
        selection_add=[("leaver", "The owner left")], ondelete={"leaver": _keep}
    )
