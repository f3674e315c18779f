# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

#: item: (section, fields of the customer whose change is a change of this item)
ITEMS = {
    "name": ("base", ("name",)),
    "contact": ("base", ("child_ids",)),
    "phone": ("base", ("phone",)),
    "email": ("base", ("email",)),
    "address": ("base", ("street", "street2", "city", "zip", "state_id", "country_id")),
    "vat": ("base", ("vat",)),
    "needs": ("needs", ("dossier_needs",)),
    "purchases": ("needs", ()),
    "organisation": ("full", ("dossier_role",)),
    "scope": ("full", ("dossier_scope",)),
    "process": ("full", ("dossier_process",)),
    "competitors": ("full", ("dossier_competitors",)),
}
SECTIONS = ("base", "needs", "full")


class RegulationDossierItem(models.Model):
    """What the file of a customer has to hold (S1-17, S1-18, S3-19)."""

    _name = "regulation.dossier.item"
    _description = "Item of the Customer Dossier"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"
    _rec_name = "item"

    _item_uniq = models.Constraint(
        "UNIQUE(profile_id, item)", "A regulation names an item of the dossier once."
    )

    sequence = fields.Integer(default=10)
    item = fields.Selection(
        selection=[
            ("name", "Company name"),
            ("contact", "Contact person"),
            ("phone", "Telephone"),
            ("email", "E-mail"),
            ("address", "Address"),
            ("vat", "Tax number"),
            ("needs", "Needs"),
            ("purchases", "Purchase history"),
            ("organisation", "Organisation: who decides"),
            ("scope", "Business scope"),
            ("process", "Purchasing process"),
            ("competitors", "Competitors"),
        ],
        required=True,
    )
    section = fields.Selection(
        selection=[("base", "Base data"), ("needs", "Needs"), ("full", "Key account")],
        compute="_compute_section",
    )
    mandatory = fields.Boolean(
        default=True, help="Missing, it stops the step at which the dossier is asked for."
    )

    @api.depends("item")
    def _compute_section(self):
        for row in self:
            row.section = ITEMS[row.item][0] if row.item else False
