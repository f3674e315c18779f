# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.tools import SQL

#: name of the index on a model's table, see ``label_index``
INDEX = "_confidentiality_idx"


class LabelMany2one(fields.Many2one):
    """The label of a record; "one of these labels, or none" is a single condition.

    Odoo asks ``label IN (...) OR label IS NULL``, and what is said with OR cannot be looked up
    in an index: every row of the company would be gone through. Without OR the index leads to
    the labels that somebody may see and passes over the others.
    """

    def _condition_to_sql(self, field_expr, operator, value, model, alias, query):
        if (
            operator == "in"
            and field_expr == self.name
            and hasattr(model, INDEX)
            and (False in value or None in value)
        ):
            labels = tuple(sorted(label for label in value if label))
            column = model._field_to_sql(alias, field_expr, query)
            return SQL("COALESCE(%s, 0) IN %s", column, (0, *labels))
        return super()._condition_to_sql(field_expr, operator, value, model, alias, query)


def label_index(owner):
    """The index of a model with very many rows, from which its rule is met alone.

    The label stands in it for itself too: PostgreSQL reads a column from an index only where it
    is one of the index, an expression does not count.

    :param str owner: the field with the owner
    """
    return models.Index(
        f"(company_id, COALESCE(confidentiality_label_id, 0), confidentiality_label_id, {owner})"
    )
