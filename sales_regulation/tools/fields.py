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


class RegulatedOne2many(fields.One2many):
    """A list of ours on a model of Odoo: empty, and without a query, where nobody is regulated.

    Whatever reads all fields of a record (``read()``, an export, a copy of a form) reads
    its lists too. Without a regulation in force that must cost nothing. The rows are still
    found by a search, by their own menus, and as soon as a regulation is in force.
    """

    def read(self, records):
        if records.env["regulation.profile"]._regulated_companies():
            return super().read(records)
        return self._insert_cache(records, [()] * len(records))
