# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import inspect

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS, BaseModel
from odoo.tests import new_test_user

#: what everybody may do to a document that he may read, and what Odoo keeps for itself
_AROUND = ("message_", "activity_", "my_activity_", "rating_", "website_message_", "access_token")
_ADDON = "odoo.addons.sales_regulation."


class HostileMixin:
    """Tries every field and every endpoint of a document, as whoever has no business there."""

    @classmethod
    def _build_hostile(cls):
        """``out``: an employee without any group; ``shop``: a customer on the portal."""
        for login, groups in (("out", "base.group_user"), ("shop", "base.group_portal")):
            cls.users[login] = new_test_user(
                cls.env,
                login=f"reg_{login}",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )

    # === FIELDS === #

    def _other_value(self, record, name):
        """Something else than what stands there; None if there is nothing else."""
        field, value = record._fields[name], record.sudo()[name]
        match field.type:
            case "char" | "text" | "html":
                return "forged"
            case "boolean":
                return not value
            case "integer" | "float" | "monetary":
                return (value or 0) + 7
            case "date":
                return fields.Date.to_date("2001-02-03")
            case "datetime":
                return fields.Datetime.to_datetime("2001-02-03 04:05:06")
            case "selection":
                return next((key for key in field.get_values(self.env) if key != value), None)
            case "many2one":
                model = self.env[field.comodel_name].sudo().with_context(active_test=False)
                return model.search([("id", "!=", value.id)], limit=1).id or None
            case "one2many" | "many2many":
                return [Command.clear()] if value else None
            case "binary" | "image":
                return b"Zm9yZ2Vk"
        return None

    def _written(self, record, login):
        """Names of the stored fields that this person's write changes."""
        person = self._as(record, login)
        changed = set()
        if not person.has_access("write"):
            return changed
        for name, field in record._fields.items():
            if (
                name in MAGIC_COLUMNS
                or name.startswith(_AROUND)
                or not (field.store or field.type in ("one2many", "many2many"))
                or field.related
            ):
                continue
            value = self._other_value(record, name)
            if value is None:
                continue
            before = self._plain(record, name)
            try:
                with self.env.cr.savepoint():
                    person.write({name: value})
                    self.env.flush_all()
                    self.env.invalidate_all()
                    if self._plain(record, name) != before:
                        changed.add(name)
                    raise _Undo
            except _Undo:
                pass
            except Exception as error:  # a constraint of the database refuses as well
                self.assertNotIsInstance(error, (KeyError, AttributeError, TypeError), name)
            self.env.invalidate_all()
        return changed

    def _plain(self, record, name):
        value = record.sudo()[name]
        return value.ids if isinstance(value, BaseModel) else value

    def assertFixed(self, record, *logins, but=()):
        """None of these people changes a field of the document, ``but`` those named."""
        for login in logins:
            with self.subTest(model=record._name, login=login):
                self.assertLessEqual(self._written(record, login), set(but))

    def assertNotGiven(self, model, login, values, *names):
        """Whoever creates a document does not give it what only the system gives."""
        for name in names:
            field = self.env[model]._fields[name]
            # The last state of a selection: the first is its default
            forged = (
                field.get_values(self.env)[-1]
                if field.type == "selection"
                else self._other_value(self.env[model], name)
            )
            for context, given in (({}, {name: forged}), ({f"default_{name}": forged}, {})):
                with self.subTest(model=model, field=name, context=context):
                    try:
                        with self.env.cr.savepoint():
                            made = (
                                self.env[model]
                                .with_user(self.users[login])
                                .with_context(**context)
                                .create({**values, **given})
                            )
                            got = made.sudo()[name]
                            raise _Undo
                    except _Undo:
                        self.env.invalidate_all()
                    except UserError:
                        continue
                    got = got.id if field.type == "many2one" else got
                    self.assertNotEqual(got, forged)

    # === ENDPOINTS === #

    def _endpoints(self, record):
        """The public methods of our own on this document, with something for each argument."""
        for name, method in inspect.getmembers(type(record), inspect.isfunction):
            if name.startswith("_") or not method.__module__.startswith(_ADDON):
                continue
            if hasattr(BaseModel, name) or name.startswith(("message_", "web_")):
                continue
            parameters = list(inspect.signature(method).parameters.values())[1:]
            if any(parameter.kind == parameter.VAR_KEYWORD for parameter in parameters):
                continue
            yield name, [
                1 if "id" in parameter.name else "x"
                for parameter in parameters
                if parameter.default is parameter.empty
            ]

    def assertClosed(self, record, *logins):
        """No endpoint does anything for these people: refused, or it opens a window."""
        names = [
            name
            for name, field in record._fields.items()
            if field.store and name not in MAGIC_COLUMNS and not name.startswith(_AROUND)
        ]
        before = {name: self._plain(record, name) for name in names}
        for login in logins:
            for method, arguments in self._endpoints(record):
                with self.subTest(model=record._name, login=login, method=method):
                    try:
                        with self.env.cr.savepoint():
                            getattr(self._as(record, login), method)(*arguments)
                            self.env.flush_all()
                    except (UserError, ValueError, TypeError):
                        self.env.invalidate_all()
                    after = {name: self._plain(record, name) for name in names}
                    self.assertEqual(after, before)
            for method in ("unlink", "copy"):
                with self.subTest(model=record._name, login=login, method=method):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        getattr(self._as(record, login), method)()
                    self.env.invalidate_all()


class _Undo(Exception):
    """Nothing of the attempt stays."""
