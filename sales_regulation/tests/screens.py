# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What the web client asks the server for when it shows a view."""

from lxml import etree

OURS = frozenset(
    {"sales_regulation", "sales_kpi", "sales_confidentiality", "sales_regulation_example"}
)
#: rows of a list inside a form
SUBPAGE = 40
_ALWAYS = ("1", "True")


def own_fields(model, modules=OURS):
    """Names of the fields that only our addons define on a model."""
    return {
        name
        for name, field in model._fields.items()
        if field._modules and modules.issuperset(field._modules)
    }


def is_ours(model, modules=OURS):
    """Whether the model itself is one of our addons'."""
    return model._original_module in modules


def specification(model, view_type, view_id=False):
    """The fields of a view, as ``web_read`` and ``web_search_read`` are given them.

    The client asks for every field of the arch, also for hidden ones and for columns that
    the user may switch on; many2one with their label, unless nobody ever sees them; the
    rows of an x2many field with the fields of its list.
    """
    views = model.get_views([(view_id, view_type)])
    return _fields_of(
        etree.fromstring(views["views"][view_type]["arch"]), model._name, views["models"]
    )


def _fields_of(arch, model_name, models):
    fields = models[model_name]["fields"]
    asked = {}
    for node in _field_nodes(arch):
        name = node.get("name")
        if name not in fields:
            continue
        part = asked.setdefault(name, {})
        field_type, comodel = fields[name]["type"], fields[name].get("relation")
        hidden = node.get("invisible") in _ALWAYS or node.get("column_invisible") in _ALWAYS
        if field_type == "many2one":
            part.setdefault("fields", {})
            if not hidden:
                part["fields"]["display_name"] = {}
        elif field_type in ("one2many", "many2many") and not hidden:
            rows = {}
            for child in node:
                if child.tag in ("list", "form") and comodel in models:
                    rows.update(_fields_of(child, comodel, models))
            if not rows and (node.get("widget") or "").startswith("many2many"):
                rows = {"display_name": {}}
            part["fields"] = rows
            part["limit"] = SUBPAGE
    return asked


def _field_nodes(arch):
    """The field nodes of a view, but not those of the views inside them."""
    for node in arch:
        if node.tag == "field":
            yield node
        elif isinstance(node.tag, str) and node.tag != "groupby":
            yield from _field_nodes(node)


def show(model, view_type, spec, records):
    """Read ``records`` as the view does: all of a list or kanban, the first in a form."""
    if view_type == "form":
        return records[:1].web_read(spec)
    # One more than there are: no page is full, which would be counted by another query
    return model.web_search_read([("id", "in", records.ids)], spec, limit=len(records) + 1)
