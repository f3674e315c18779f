# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ..channel.regulation_register import _keep

EVENTS = [
    ("nda_published", "NDA wording published"),
    ("nda_sent", "NDA to be signed"),
    ("nda_signed", "NDA signed"),
    ("nda_expired", "NDA expired"),
    ("nda_superseded", "NDA superseded"),
    ("nda_revoked", "NDA revoked"),
    ("exam_passed", "Examination passed"),
    ("exam_failed", "Examination failed"),
    ("exam_changed", "Examination changed"),
    ("training_attended", "Training attended"),
    ("training_missed", "Training missed"),
]


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=EVENTS, ondelete={event: _keep for event, _label in EVENTS}
    )

    @api.model
    def _evidence_models(self):
        return {
            **super()._evidence_models(),
            "confidentiality.nda": [("state", "not in", ("draft", "sent"))],
            "confidentiality.nda.signature": [],
            "confidentiality.exam.result": [],
            "confidentiality.attendance": [("state", "in", ("attended", "missed"))],
        }
