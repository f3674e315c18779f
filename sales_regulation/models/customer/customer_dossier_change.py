# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ...tools import SoftMany2one


class CustomerDossierChange(models.Model):
    """Who changed what in the file of a customer: old and new value (S1-05).

    Own rows and not chatter, because chatter shows nothing of what its writer may not see.
    """

    _name = "customer.dossier.change"
    _description = "Change in a Customer Dossier"
    _inherit = ["regulation.sealed"]
    _order = "id desc"
    _rec_name = "field_name"
    _log_access = False

    _append_only = True

    at = fields.Datetime(string="Time", required=True, readonly=True, default=fields.Datetime.now)
    user_id = SoftMany2one(comodel_name="res.users", string="Changed by", readonly=True, index=True)
    partner_id = SoftMany2one(comodel_name="res.partner", string="Contact", readonly=True)
    entity_id = SoftMany2one(
        comodel_name="res.partner", string="Customer", readonly=True, index=True
    )
    company_id = SoftMany2one(comodel_name="res.company", readonly=True, index=True)
    field_name = fields.Char(string="Field", required=True, readonly=True)
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)

    _entity_idx = models.Index("(entity_id, at)")
