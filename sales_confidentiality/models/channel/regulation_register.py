# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


def _keep(_rows):
    """Evidence outlives the addon that wrote it."""


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("grant_given", "Grant given"),
            ("grant_revoked", "Grant revoked"),
            ("label_changed", "Label changed by the officer"),
            ("label_mode", "Settings of confidentiality changed"),
            ("list_joined", "Put on a need-to-know list"),
            ("list_changed", "End on a need-to-know list changed"),
            ("clearance_suspended", "Clearance suspended"),
            ("clearance_restored", "Clearance restored"),
            ("access_ended", "Sessions and keys ended"),
            ("leaver_handed_over", "Work of a leaver handed over"),
            ("leaver_left", "Left after check-out"),
        ],
        ondelete={
            "grant_given": _keep,
            "grant_revoked": _keep,
            "label_changed": _keep,
            "label_mode": _keep,
            "list_joined": _keep,
            "list_changed": _keep,
            "clearance_suspended": _keep,
            "clearance_restored": _keep,
            "access_ended": _keep,
            "leaver_handed_over": _keep,
            "leaver_left": _keep,
        },
    )
