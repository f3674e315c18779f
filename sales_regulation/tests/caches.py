# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What Odoo has cached when a test begins is right again when the test has been rolled back.

Odoo empties the caches of its registry after every test, and the next one looks up all groups,
rights, views and routes anew. With ``keep_caches()`` they are what they were when the test began.
"""

from odoo.orm.registry import _CACHES_BY_KEY, Registry
from odoo.tests.common import TransactionCase, get_db_name

#: caches that also keep what the test has added, unless it changed what they are made of
LEARNING = ("routing", "templates")


def _caches(registry):
    return registry._Registry__caches


def contents(registry):
    """What is cached now."""
    return {name: dict(lru._values) for name, lru in _caches(registry).items()}


def refill(registry, kept):
    """Cache that and nothing else."""
    for name, lru in _caches(registry).items():
        values = kept.get(name, {})
        with lru._lock:
            lru._ordering.clear()
            lru._values.clear()
            lru._values.update(values)
            lru._ordering.update(dict.fromkeys(values))


def keep_caches():
    """Let every test of a TransactionCase leave the caches as it found them.

    A class begins with empty ones: those of the class before speak of records that are gone.

    :return: a function that ends this
    """
    set_up_class, set_up = vars(TransactionCase)["setUpClass"], TransactionCase.setUp

    def setUpClass(cls):
        refill(Registry(get_db_name()), {})
        set_up_class.__func__(cls)

    def setUp(self):
        registry, kept = self.registry, {}
        # The first that is added is done last, after Odoo has emptied the caches
        self.addCleanup(refill, registry, kept)
        set_up(self)
        kept.update(contents(registry))
        registry.cache_invalidated.clear()
        version, sequences = registry.registry_sequence, dict(registry.cache_sequences)

        def learn():
            if registry.registry_invalidated or registry.registry_sequence != version:
                kept.clear()  # other models, other everything
                return
            changed = {
                name
                for name, number in registry.cache_sequences.items()
                if number != sequences.get(name)
            }
            touched = {
                name for key in changed | registry.cache_invalidated for name in _CACHES_BY_KEY[key]
            }
            for name in LEARNING:
                if name not in touched:
                    kept[name] = dict(_caches(registry)[name]._values)

        self.addCleanup(learn)

    TransactionCase.setUpClass, TransactionCase.setUp = classmethod(setUpClass), setUp

    def end():
        TransactionCase.setUpClass, TransactionCase.setUp = set_up_class, set_up

    return end
