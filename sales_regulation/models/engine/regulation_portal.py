# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

_OURS = ("sales_regulation",)


class RegulationPortal(models.AbstractModel):
    """A stock document that a customer with a portal login may read, by RPC with every field.

    What we add to it is the company's own business: reference prices, reasons, approvals,
    what is short. Not ``groups`` on each field: the views that internal people use would
    have to repeat it on every element that depends on one.
    """

    _name = "regulation.portal"
    _description = "Document That Customers Read"

    #: of our fields, those that a customer may read
    _portal_fields = frozenset()

    def _has_field_access(self, field, operation):
        if (
            field._modules == _OURS
            and not self.env.su
            and field.name not in self._portal_fields
            and not self.env.user._is_internal()
        ):
            return False
        return super()._has_field_access(field, operation)
