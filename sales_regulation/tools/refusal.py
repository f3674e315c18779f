# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal:
    """Why a gate does not let one record pass: the one truth of banner, button and guard.

    A gate method gives ``reason`` and what is ``missing``; the gate engine adds the rest.
    """

    reason: str
    #: what has to be there first, one sentence each
    missing: tuple = ()
    #: what is short, in ``currency``; compared with the amount of a release
    amount: float = 0.0
    currency: object = None
    #: approval kind that would open the gate, if one does
    approval: str = ""
    #: only recommended: at most observed, whatever the mode of the gate
    advisory: bool = False
    #: users who can help, beside the holders of the releasing role
    helper_ids: tuple = ()
    # -- filled in by the engine
    record: object = None
    gate: str = ""
    gate_name: str = ""
    mode: str = "enforce"
    quiet: bool = False
    clauses: tuple = ()
    helpers: tuple = field(default=())
    release_id: int = 0
    profile_id: int = 0
