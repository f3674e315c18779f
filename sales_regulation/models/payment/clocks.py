# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).


class _Nothing:
    def _none(self, *args, **kwargs):
        return self

    _start = _done = _cancel = _queue = _running = _none

    def mapped(self, name):
        return []


def clocks(env, model="regulation.deadline"):
    return env[model] if model in env else _Nothing()
