# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What one judgement reads, it reads once."""

from contextlib import nullcontext

from .running import innermost, running


class GuardFrame:
    """The facts of one running judgement, for all gates that ask for them.

    It ends with the judgement, so that nothing later is decided on what was read then.
    """

    def __init__(self):
        self._facts = {}

    def once(self, key, ids, read):
        """``{id: fact}``; ``read(ids)`` is called for those not read yet."""
        known = self._facts.setdefault(key, {})
        if missing := [id_ for id_ in ids if id_ not in known]:
            known.update(read(missing))
        return {id_: known[id_] for id_ in ids if id_ in known}

    def forget(self, key, ids):
        """What was read of these is not true any more."""
        for id_ in ids:
            self._facts.get(key, {}).pop(id_, None)


def guard_frame(env):
    """The frame of the judgement that runs in this transaction, None without one."""
    return innermost(env, GuardFrame)


def judging(env, frame=None):
    """One judgement, from its first reading to what follows from it.

    :param frame: the frame of an earlier part of it: between the two the step is taken
    """
    if frame is None and (frame := guard_frame(env)):
        return nullcontext(frame)
    return running(env, frame or GuardFrame())
