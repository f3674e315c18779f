# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What is going on in a transaction, known to the calls inside without a context key.

A context is sent by clients, and a new one for each call makes new environments, among which
Odoo searches at every ``sudo()``: on a hot path that costs more than the work itself.
"""

from contextlib import contextmanager
from weakref import WeakKeyDictionary

#: {cursor: [frame, ...]}, the innermost last; a cursor belongs to one thread at a time
_RUNNING = WeakKeyDictionary()


def innermost(env, kind):
    """The innermost running frame of this class in the transaction, None without one."""
    for frame in reversed(_RUNNING.get(env.cr, ())):
        if isinstance(frame, kind):
            return frame
    return None


@contextmanager
def running(env, frame):
    """While this lasts, calls in the transaction find ``frame``."""
    frames = _RUNNING.setdefault(env.cr, [])
    frames.append(frame)
    try:
        yield frame
    finally:
        frames.remove(frame)
