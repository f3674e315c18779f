# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Domain

#: an object does not travel over RPC: only our own mails carry it
TO_OTHERS = object()


class MailTrackingValue(models.Model):
    """Changed values, which Odoo writes down as texts and as superuser (C50, C51).

    Whoever writes the number of a hidden record into a tracked field of his own document would
    read its name in the history; the history of a customer repeats his masked phone. Both are
    concealed where the values are told: to a person by his rights, in a mail, which is one for
    all who follow, by the label alone. The rows themselves, which administrators may read, are
    told to nobody while something is guarded.
    """

    _inherit = "mail.tracking.value"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result is None and self and operation == "read" and self._concealing() is not None:
            return self, lambda: AccessError(
                self.env._("Changed values are read in the history of their record.")
            )
        return result

    def _search(self, domain, *args, **kwargs):
        if self._concealing() is not None:
            domain = Domain.FALSE
        return super()._search(domain, *args, **kwargs)

    def _tracking_value_format_model(self, model):
        rows = super()._tracking_value_format_model(model)
        told = self._told_values(model) if rows else {}
        for row in rows:
            if row["id"] in told:
                row["oldValue"], row["newValue"] = told[row["id"]]
        return rows

    def _told_values(self, model_name):
        """``{id: (old, new)}`` of those whose values may not be told as they are."""
        person = self.sudo(False)
        to_others = self.env.context.get("confidentiality_mail") is TO_OTHERS
        if not model_name or model_name not in self.env:
            return {}
        if to_others and not self.env["confidentiality.model"]._protection().guarded:
            return {}
        if not to_others and person._concealing() is None:
            return {}
        told, model = {}, person.env[model_name]
        for name, values in self.grouped(lambda value: value.field_id.name).items():
            if (field := model._fields.get(name)) is None:
                continue
            if field.type == "many2one":
                told |= values._told_names(person.env[field.comodel_name], to_others)
            elif field.relational or field.type == "properties":
                told |= values._told_lists(field, person, to_others)
            else:
                told |= values._told_masked(field, model, to_others)
        return told

    def _told_names(self, comodel, to_others):
        ids = {*self.mapped("old_value_integer"), *self.mapped("new_value_integer")} - {0}
        records = comodel.browse(ids).exists()
        if to_others:
            labels = dict.fromkeys(self._enforced(records)._ids, comodel._concealed_name())
        else:
            labels = records._concealed_labels()
        return {
            value.id: (
                labels.get(value.old_value_integer, value.old_value_char),
                labels.get(value.new_value_integer, value.new_value_char),
            )
            for value in self
            if labels.keys() & {value.old_value_integer, value.new_value_integer}
        }

    def _told_lists(self, field, person, to_others):
        """Several names are one text: told only if all of them are names of visible records."""
        registry = self.env["confidentiality.model"]
        comodel = person.env[field.comodel_name] if field.relational else None
        if comodel is not None and not comodel._is_guarded(
            comodel._name, set(registry._protection().models)
        ):
            return {}

        def shown(value, text):
            if not text or (
                comodel is None and "many2" not in (value.field_info or {}).get("type", "")
            ):
                return text
            names = set(text.split(", "))
            known = comodel.browse()
            if comodel is not None and comodel._rec_name:
                known = comodel.search([(comodel._rec_name, "in", list(names))])
            if to_others:
                known -= self._enforced(known)
            return text if names <= set(known.mapped("display_name")) else person._concealed_name()

        return {
            value.id: (shown(value, value.old_value_char), shown(value, value.new_value_char))
            for value in self
        }

    def _told_masked(self, field, model, to_others):
        """Figures that are a right of their own, and what is beyond a base card."""
        if field.name in getattr(model, "_masked_rights", ()):
            if to_others or field.name in model._masks()[0]:
                return dict.fromkeys(self._ids, (False, False))
        if not model._is_beyond_card(field.name):
            return {}
        records = model.browse(self.mail_message_id.mapped("res_id")).exists()
        masked = self._enforced(records) if to_others else records - records._legible_to_person()
        kind = field.type
        return {
            value.id: tuple(
                model._masked_value(field.name, value._format_display_value(kind, new=new)[0])
                for new in (False, True)
            )
            for value in self
            if value.mail_message_id.res_id in masked._ids
        }

    def _enforced(self, records):
        """Those of these records whose label withholds them from somebody."""
        found = self.env["confidentiality.model"].sudo()._classified(records)
        return records.browse().union(
            *(labelled for label, labelled in found.items() if label.mode == "enforce")
        )
