# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ...tools import engine

PUNCTUAL_FIELDS = frozenset({"handed_in_at", "due_at", "is_late", "late_minutes"})


class RegulationPunctual(models.AbstractModel):
    """A document that a recurring duty demands: when it was due, and whether it came in time.

    What was late the first time stays so, whatever is returned and handed in again. Name
    ``PUNCTUAL_FIELDS`` among the sealed ones.
    """

    _name = "regulation.punctual"
    _inherit = ["regulation.sealed"]
    _description = "Document Due at a Time"

    due_at = fields.Datetime(string="Due", readonly=True, copy=False)
    handed_in_at = fields.Datetime(
        readonly=True, copy=False, help="The first time: what was late stays late."
    )
    is_late = fields.Boolean(string="Late", readonly=True, copy=False)
    late_minutes = fields.Integer(string="Late by (minutes)", readonly=True, copy=False)

    def _note_punctual(self, code, now, **whom):
        """End the clock of the duty ``code`` for those that are handed in for the first time.

        :param whom: ``user``, ``subject`` and ``day`` as in ``regulation.duty._close``
        """
        first = self.filtered(lambda document: not document.handed_in_at)
        closed = self.env["regulation.duty"]._close(first, code, at=now, **whom)
        due = {row.document_id: row.due_at for row in closed}
        for document in first:
            due_at = due.get(document.id)
            minutes = int((now - due_at).total_seconds() // 60) if due_at else 0
            late = bool(due_at and now > due_at)
            engine(document.sudo()).write(
                {
                    "handed_in_at": now,
                    "due_at": due_at,
                    "is_late": late,
                    "late_minutes": max(minutes, 1) if late else 0,
                }
            )
