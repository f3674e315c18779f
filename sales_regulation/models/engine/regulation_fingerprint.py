# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json
from datetime import date, datetime
from decimal import Decimal

from odoo import api, models


class RegulationFingerprint(models.AbstractModel):
    """Is this still what was seen?

    A digest of a document's content in canonical form: the same content gives the same
    digest whatever the order of keys, the type of a number or the rounding of a float.
    Give inputs (prices, quantities, terms), not what is computed from them, and no ids of
    lines or sequences: re-sorting is no change of content.
    """

    _name = "regulation.fingerprint"
    _description = "Content Fingerprint"

    #: decimals that count of a number
    _digits = 6

    @api.model
    def _digest(self, content):
        """SHA-256 of anything made of dicts, lists, sets, numbers, texts, dates and records."""
        text = json.dumps(
            self._canonical(content), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _digests(self, contents):
        """``{id: content} -> {id: digest}``."""
        return {key: self._digest(content) for key, content in contents.items()}

    def _canonical(self, value):
        """Only lists, dicts, truth values and tagged texts: no two contents look the same."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return f"text:{value}"
        if isinstance(value, (int, float, Decimal)):
            text = f"{value:.{self._digits}f}"
            return f"number:{text.lstrip('-') if not float(text) else text}"
        if isinstance(value, (datetime, date)):
            return f"date:{value.isoformat()}"
        if isinstance(value, models.BaseModel):
            return f"{value._name}:{sorted(value.ids)}"
        if isinstance(value, bytes):
            return f"bytes:{hashlib.sha256(value).hexdigest()}"
        if isinstance(value, dict):
            return {str(key): self._canonical(item) for key, item in value.items()}
        if isinstance(value, (set, frozenset)):
            return sorted((self._canonical(item) for item in value), key=json.dumps)
        if isinstance(value, (list, tuple)):
            return [self._canonical(item) for item in value]
        raise TypeError(f"No canonical form of {type(value).__name__}")
