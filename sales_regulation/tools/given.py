# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What a client gives to a public method, as it may be used."""

from math import isfinite

from odoo.exceptions import UserError, ValidationError

#: the greatest id that a column holds
_ID_MAX = 2**31 - 1


def given_record(model, value):
    """The record that is named by its id; none if nothing is named, or it is gone.

    :raise UserError: for what is no id
    """
    if not value:
        return model.browse()
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if type(number) is not int or not 0 < number <= _ID_MAX:
        env = model.env
        raise UserError(
            env._(
                "%(value)s names no record: give the id (%(kind)s).",
                value=str(value)[:80],
                kind=env["ir.model"].sudo()._get(model._name).name,
            )
        )
    return model.browse(number).exists()


def given_number(env, value, label):
    """A finite number, whatever a client sends.

    :param label: what it says, for people
    :raise ValidationError: for what is none: nothing, words, NaN, infinity
    """
    try:
        number = float("nan" if isinstance(value, bool) else value)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if not isfinite(number):
        raise ValidationError(env._("%s is missing or not a number.", label))
    return number
