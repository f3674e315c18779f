# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationLock(models.Model):
    """One row per thing that can run out: what ``regulation.commitment`` locks.

    A row is written to be locked. A lock that only reads lets a transaction go on with the
    snapshot it took before the other one committed; a write makes it fail and be replayed.
    """

    _name = "regulation.lock"
    _description = "Commitment Lock"
    _inherit = ["regulation.sealed"]
    _rec_name = "key"
    _log_access = False
    _append_only = True

    key = fields.Char(required=True, readonly=True)
    seq = fields.Integer(readonly=True)

    _key_uniq = models.Constraint("UNIQUE(key)", "A lock exists once.")
