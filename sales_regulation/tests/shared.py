# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""One company for many classes of tests.

To build the company of the tests takes longer than most classes of tests. Who runs many of them
may have it built once: in a transaction that is never committed, in which each class works from a
savepoint. What a class does is gone when it ends, as if it had a transaction of its own.

Odoo's own test runner does not ask for it: there each class builds its company.
"""

from contextlib import contextmanager, nullcontext
from datetime import timedelta, timezone
from unittest.mock import _patch, patch

from freezegun import api as freezegun
from freezegun import freeze_time

from odoo import api
from odoo.models import BaseModel
from odoo.modules.registry import Registry
from odoo.sql_db import Savepoint
from odoo.tests.common import TransactionCase, get_db_name

from .caches import contents, refill

#: what makes the company; who overrides one of these has a company of his own
BUILDERS = ("_make_company", "_build_people", "_build_trade", "_stock")


class _Shared:
    """The transaction with the company, while there is one."""

    def __init__(self):
        self.enabled = False
        self.builder = self.key = self.day = None
        self.built, self.caches = {}, {}

    # -- opening and closing ------------------------------------------------------

    def key_of(self, cls):
        """Which company the class shares: None if it has one of its own."""
        company = _company()
        if not (self.enabled and cls.share_company and issubclass(cls, TransactionCase)):
            return None
        for name in BUILDERS:
            if getattr(cls, name).__func__ is not getattr(company, name).__func__:
                return None
        return cls.company_built_at or "now"

    @contextmanager
    def cursor_for(self, cls):
        """The first cursor that is opened in the block is that of the shared company."""
        key = self.key_of(cls)
        if key != self.key or self.day != self._today():
            self.close()
        if not key:
            yield
            return
        if not self.builder:
            self._open(key)
        opening = patch.object(Registry(get_db_name()), "cursor", self._enter)
        self._opening = opening
        opening.start()
        try:
            yield
        finally:
            opening.stop()

    def _open(self, key):
        bases = (_company(), TransactionCase)
        builder = type("SharedCompany", bases, {"__module__": __name__, "share_company": False})
        active = len(_patch._active_patches)
        try:
            builder.setUpClass()
            before = set(vars(builder))
            with freeze_time(key) if key != "now" else nullcontext():
                builder._make_company()
            builder.cr.flush()
            self._warm(builder)
            for hooks in (builder.cr.postcommit, builder.cr.prerollback, builder.cr.postrollback):
                hooks.clear()
        except BaseException:
            builder.doClassCleanups()
            raise
        # Each class brings patches of its own
        for patcher in reversed(_patch._active_patches[active:]):
            patcher.stop()
        self.builder, self.key, self.day = builder, key, self._today()
        self.built = {name: vars(builder)[name] for name in set(vars(builder)) - before}
        self.caches = contents(builder.registry)

    @staticmethod
    def _today():
        """A transaction that began yesterday is not for tests of today, here and in Shanghai."""
        now = freezegun.real_datetime.now(timezone.utc)
        return now.date(), (now + timedelta(hours=8)).date()

    @staticmethod
    def _warm(builder):
        """Let Odoo cache what most tests ask for."""
        for user in builder.users.values():
            access = builder.env(user=user)["ir.model.access"]
            for mode in ("read", "write", "create", "unlink"):
                access._get_allowed_models(mode)

    def close(self):
        """Forget the company, so that nothing it has locked is in the way of other tests."""
        builder, self.builder, self.key, self.built = self.builder, None, None, {}
        if builder:
            builder.doClassCleanups()

    # -- one class ----------------------------------------------------------------

    def _enter(self, readonly=False):
        """What a class takes for a new cursor; closing it undoes what the class has done."""
        self._opening.stop()
        cr = self.builder.cr
        self._fresh(cr)
        refill(self.builder.registry, self.caches)
        savepoint = Savepoint(cr)

        def leave():
            del cr.close  # its own again
            try:
                savepoint.close()
            except Exception:  # nobody can go on from here
                self.close()
                raise
            self._fresh(cr)

        cr.close = leave
        # The transaction is older than the class
        cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        cr._now = cr.fetchone()[0]
        return cr

    @staticmethod
    def _fresh(cr):
        cr.transaction = None
        cr.cache.clear()
        for hooks in (cr.precommit, cr.postcommit, cr.prerollback, cr.postrollback):
            hooks.clear()

    def give(self, cls):
        """Give the class what was built.

        :return: whether there is anything to give
        """
        if not self.builder or cls.env.cr is not self.builder.cr:
            return False
        frozen = freezegun.freeze_factories and freezegun.freeze_factories[-1]()
        if self.key == "now" and frozen:
            raise AssertionError(f"{cls.__name__}: say company_built_at = '{frozen}'")
        for name, value in self.built.items():
            setattr(cls, name, self._renewed(value, cls.env.cr))
        cls.env = cls.env(context={**cls.env.context, **self.builder.env.context})
        return True

    def _renewed(self, value, cr):
        """The same records, known in the transaction of the class only."""
        if isinstance(value, BaseModel):
            env = value.env
            return value.with_env(api.Environment(cr, env.uid, env.context, env.su))
        if isinstance(value, dict):
            return {key: self._renewed(one, cr) for key, one in value.items()}
        return value


def _company():
    from .common import RegulationCompany  # noqa: PLC0415

    return RegulationCompany


shared = _Shared()
