# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


def migrate(cr, version):
    """What a company has registered itself is kept where the same model ships registered now."""
    cr.execute(
        """
        INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
        SELECT 'sales_confidentiality', 'protected_' || replace(mine.model, '.', '_'),
               'confidentiality.model', mine.id, TRUE
          FROM confidentiality_model mine
         WHERE NOT EXISTS (
               SELECT FROM ir_model_data
                WHERE model = 'confidentiality.model' AND res_id = mine.id)
            ON CONFLICT DO NOTHING
        """
    )
