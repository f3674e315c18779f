# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields


class SoftMany2one(fields.Many2one):
    """A many2one without foreign key.

    Evidence outlives what it speaks of, and is written while other transactions
    hold the referenced rows: a foreign key would wait for them, or delete it.
    """

    def update_db_foreign_key(self, model, column):
        """No constraint: see the class."""
