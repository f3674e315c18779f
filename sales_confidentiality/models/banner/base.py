# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from lxml import etree
from lxml.builder import E

from odoo import api, models

_USER = "sales_regulation.group_regulation_user"
_OFFICER = "sales_confidentiality.group_confidentiality_officer"
#: what only who may write such records is shown
_SET = "o_confidentiality_set"
_LINK = "btn btn-link p-0"


class Base(models.AbstractModel):
    """The label of a record, on top of every form of a registered model (C50).

    Put in when the form is asked for, so that a model registered without code has it too.
    """

    _inherit = "base"

    @api.model
    def _banner_row(self, view_type):
        """How the model is protected if its forms show a label, else None."""
        if view_type != "form" or "confidentiality.model" not in self.env or not self._auto:
            return None
        row = self.env["confidentiality.model"]._protection().models.get(self._name)
        return row if row is not None and row.label_field and not row.paths else None

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        row = self._banner_row(view_type)
        if row is None:
            return key
        return (*key, row.label_field, self.env["confidentiality.default"]._in_use())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        row = self._banner_row(view.type or view_type)
        if row is not None:
            sheets = arch.xpath("//sheet[not(ancestor::field)]")
            if sheets:
                sheets[0].addprevious(self._banner(row))
            else:
                arch.insert(len(arch.findall("header")), self._banner(row))
        return arch, view

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        result = super().get_view(view_id, view_type, **options)
        if _SET in result["arch"] and not self.has_access("write"):
            arch = etree.fromstring(result["arch"])
            for node in arch.xpath(f"//button[contains(@class, '{_SET}')]"):
                node.getparent().remove(node)
            result["arch"] = etree.tostring(arch, encoding="unicode")
        return result

    @api.model
    def _banner(self, row):
        """The label and what can be done about it. While no label is in use, the officer's
        link to give the first one, and nothing for others."""
        label = row.label_field
        about = {
            "context": f"{{'default_res_model': '{self._name}', 'default_res_id': id}}",
            "type": "action",
        }
        labelled = {"class": _LINK, "invisible": f"not {label}"}

        def action(xmlid):
            data = self.env["ir.model.data"]
            return str(data._xmlid_to_res_id(f"sales_confidentiality.{xmlid}", True))

        def setting(string, invisible):
            return E.button(
                {"class": f"{_LINK} {_SET}", "invisible": invisible, **about},
                name=action("confidentiality_lower_action"),
                string=string,
            )

        used = self.env["confidentiality.default"]._in_use()
        nodes = [
            E.i(
                {"class": "fa fa-lock", "role": "img", "invisible": f"not {label}"},
                title=self.env._("Confidentiality"),
            ),
            E.field(
                name=label,
                widget="badge",
                options="{'no_open': True}",
                readonly="1",
                invisible=f"not {label}",
            ),
            E.button(
                labelled,
                name="action_confidentiality",
                type="object",
                string=self.env._("Who can see this?"),
            ),
        ]
        reports = self.env["ir.actions.report"].sudo()
        if used and reports.search_count([("model", "=", self._name)], limit=1):
            nodes.append(
                E.button(
                    {**labelled, **about},
                    name=action("confidentiality_reason_action"),
                    string=self.env._("Reason to Print"),
                )
            )
        nodes += [
            E.button(
                {**labelled, **about},
                name=action("confidentiality_disclosure_new_action"),
                string=self.env._("Ask for Disclosure"),
            ),
            setting(self.env._("Change the Label"), f"not {label}"),
            setting(self.env._("Set a Label"), label),
        ]
        return E.div(
            {
                "class": "o_confidentiality d-flex flex-wrap align-items-center gap-2 px-3 py-1"
                " border-bottom",
                "groups": _USER if used else _OFFICER,
                "invisible": "not id",
            },
            *nodes,
        )
