# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The lines of documents, where a step has to stay fast."""


def fetch_lines(documents, name, columns):
    """Read the lines of all these documents with ``columns`` in one query.

    Read as usual, Odoo asks which lines there are, and then what they say.

    :param str name: one2many field of the documents, of lines ordered by sequence and id
    """
    field = documents._fields[name]
    lines = documents.env[field.comodel_name].search_fetch(
        [(field.inverse_name, "in", documents.ids)],
        [field.inverse_name, *columns],
        order="sequence, id",
    )
    found = lines.grouped(field.inverse_name)
    field._insert_cache(documents, [found.get(one, lines.browse())._ids for one in documents])
