# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The identity token by which an engine proves that it is the engine.

A context key is sent by any RPC client, an object is not: the token is compared
with ``is``, so nothing that arrives over a wire equals it.
"""

ENGINE = object()
_KEY = "regulation_engine"


def engine(records):
    """Return ``records`` entitled to write the sealed fields of our models."""
    return records.with_context(**{_KEY: ENGINE})


def is_engine(env):
    """Whether this environment was opened by ``engine()``."""
    return env.context.get(_KEY) is ENGINE
