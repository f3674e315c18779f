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


class ReadingFrame(GuardFrame):
    """The facts of one answer to the client, which only shows.

    Banner, buttons, badges and figures of a screen are one judgement. No step is taken on
    it: a guard that runs meanwhile reads for itself.
    """


def guard_frame(env):
    """The frame of the judgement that runs in this transaction, None without one."""
    return innermost(env, GuardFrame)


def reading_frame(env):
    """The frame of the answer that is being read, None without one or inside a guard."""
    frame = guard_frame(env)
    return frame if isinstance(frame, ReadingFrame) else None


def reading(env):
    """One answer to the client, from its first field to its last."""
    if guard_frame(env):
        return nullcontext()
    return running(env, ReadingFrame())


def judging(env, frame=None):
    """One judgement, from its first reading to what follows from it.

    :param frame: the frame of an earlier part of it: between the two the step is taken
    """
    if frame is None:
        frame = guard_frame(env)
        if frame and not isinstance(frame, ReadingFrame):
            return nullcontext(frame)
        frame = GuardFrame()
    return running(env, frame)
