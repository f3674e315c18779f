# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).

MODES = ("off", "observe", "enforce")


class Policy:
    """What is in force for one record: the strictest value of each setting of its profiles.

    Built from plain cached data, so that reading a setting costs no query. An empty
    policy (no profile) is false; its gates are off.
    """

    __slots__ = ("_snapshots", "_strictness")

    def __init__(self, snapshots=(), strictness=None):
        self._snapshots = tuple(snapshots)
        self._strictness = strictness or {}

    def __bool__(self):
        return bool(self._snapshots)

    @property
    def profile_ids(self):
        """Ids of the profiles in force, the first being the most specific of the owner."""
        return tuple(snapshot["id"] for snapshot in self._snapshots)

    @property
    def profile_id(self):
        """Id of the leading profile, 0 without one."""
        return self._snapshots[0]["id"] if self._snapshots else 0

    def get(self, name, default=False):
        """Strictest value of the profile field ``name`` (ids for relational fields)."""
        values = [snapshot["settings"][name] for snapshot in self._snapshots]
        if not values:
            return default
        if len(values) == 1:
            return values[0]
        return self._strictness.get(name, _first)(values)

    def gate(self, code):
        """Plain data of the strictest line of gate ``code``, None if no profile knows it."""
        lines = [
            snapshot["gates"][code]
            for snapshot in self._snapshots
            if code in snapshot["gates"]
        ]
        return max(lines, key=lambda line: MODES.index(line["mode"])) if lines else None

    def mode(self, code):
        """off, observe or enforce."""
        line = self.gate(code)
        return line["mode"] if line else "off"


def _first(values):
    return values[0]


def strictest_min(values):
    """The smallest value is the strictest (an authority, a tolerance, a time limit)."""
    return min(values)


def strictest_max(values):
    """The largest value is the strictest (a share to be paid before shipment)."""
    return max(values)


def strictest_any(values):
    """A switch that demands something is the stricter when it is on."""
    return any(values)


def strictest_in(*order):
    """Return a comparison of selection values, given from the loosest to the strictest."""

    def pick(values):
        return max(values, key=order.index)

    return pick


def strictest_nonzero_min(values):
    """Like a minimum, zero meaning "no limit"."""
    return min((value for value in values if value), default=0)


def union_ids(values):
    """Relational settings of several profiles together."""
    return tuple(dict.fromkeys(item for value in values for item in value))


class ProfileVersion:
    """One profile in the place of a policy: what began under a version is judged by it."""

    __slots__ = ("profile_ids",)

    def __init__(self, profile_id):
        self.profile_ids = (profile_id,)
