# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def migrate(cr, version):
    """Gates are ours to update: what a company chooses about them stands in its regulation.

    The first version kept some of them from being updated.
    """
    cr.execute(
        """
        UPDATE ir_model_data SET noupdate = FALSE
         WHERE module = 'sales_regulation'
           AND model IN ('regulation.gate', 'regulation.gate.point')
        """
    )
