# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL


class RegulationCommitment(models.AbstractModel):
    """How much is left, and nobody else may take it meanwhile.

    To add a kind, extend this model with ``_commitment_<kind>(self, keys)``: it returns
    ``{key: Commitment}`` for all keys from one grouped query. Whoever takes from the limit
    calls ``_take(kind, keys)``, compares, and writes its document in the same transaction;
    whoever only shows a figure calls ``_measure(kind, keys)``.

    A key is a tuple of plain values, the same wherever the same thing is meant, for example
    ``(company id, commercial partner id)``.
    """

    _name = "regulation.commitment"
    _description = "Commitments"

    @api.model
    def _take(self, kind, keys):
        """Lock, then measure: what is left now, and nobody else takes it before we commit.

        :param str kind: which ``_commitment_<kind>`` measures
        :param keys: iterable of tuples
        :rtype: dict[tuple, Commitment]
        """
        keys = list(dict.fromkeys(keys))
        self._lock([(kind, *key) for key in keys])
        return self._measure(kind, keys)

    @api.model
    def _measure(self, kind, keys):
        """What is taken and left of each key, without lock.

        :rtype: dict[tuple, Commitment]
        """
        keys = list(dict.fromkeys(keys))
        if not keys:
            return {}
        return getattr(self.sudo(), f"_commitment_{kind}")(keys)

    @api.model
    def _lock(self, keys):
        """Lock the keys until the end of the transaction, **before** anything is read.

        Two transactions that want the same key wait for each other; the later one, whose
        snapshot is old by then, fails with a serialization error and is replayed by Odoo.
        One statement over sorted keys, so that two batches cannot block each other.

        :param keys: iterable of str, or of tuples
        """
        names = sorted(
            {key if isinstance(key, str) else "/".join(str(part) for part in key) for key in keys}
        )
        if not names:
            return
        query = SQL(
            """
            INSERT INTO regulation_lock (key, seq)
            SELECT key, 1 FROM unnest(%s) AS key
                ON CONFLICT (key) DO UPDATE SET seq = regulation_lock.seq + 1
            """,
            names,
        )
        # A conflict is expected and replayed: no error in the log
        self.env.cr.execute(query, log_exceptions=False)
