# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from copy import copy

from odoo import models

from odoo.addons.mail.tools.discuss import Store

#: {part of a business card: the field that it repeats}
_CARD = {"email": "email", "tel": "phone", "url": "website"}


class _Told(Store.Attr):
    """What is masked already: Odoo looks at the fields of a record more than once."""


class ResPartner(models.Model):
    """What leaves of a contact without being read as a field: business cards, the chat."""

    _inherit = "res.partner"

    # === BUSINESS CARD === #

    def _get_vcard_file(self):
        """A business card on file is an export, and noted as one (S4-048)."""
        self.env["confidentiality.model"]._check_export(self, list(_CARD.values()))
        return super()._get_vcard_file()

    def _build_vcard(self):
        card = super()._build_vcard()
        if card and self - self._legible_to_person():
            for part in _CARD:
                if part in card.contents:
                    del card.contents[part]
        return card

    # === CHAT === #

    def _field_store_repr(self, field_name):
        """The chat reads contacts as superuser: author, recipients, followers."""
        name = getattr(field_name, "field_name", field_name)
        access = self.env["confidentiality.grant"]._access_of(self.env.user)
        known = isinstance(field_name, _Told) or not isinstance(name, str)
        if access is None or known or not self._is_beyond_card(name):
            return super()._field_store_repr(field_name)
        if isinstance(field_name, str):
            return [_Told(name, lambda partner: partner._told_to_person(name))]
        asked, told = field_name.predicate, copy(field_name)
        told.predicate = lambda partner: bool(partner._legible_to_person()) and (
            not asked or asked(partner)
        )
        return [told]

    def _told_to_person(self, name):
        value = self[name]
        return value if self._legible_to_person() else self._masked_value(name, value)
