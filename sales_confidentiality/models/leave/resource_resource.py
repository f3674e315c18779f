# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class ResourceResource(models.Model):
    """Archiving the resource of an employee archives the employee."""

    _inherit = "resource.resource"

    def write(self, vals):
        if (
            "active" in vals
            and not vals["active"]
            and self.env["regulation.profile"]._regulated_companies()
        ):
            employees = self.env["hr.employee"].sudo().search([("resource_id", "in", self.ids)])
            employees._guard_leaving()
        return super().write(vals)
