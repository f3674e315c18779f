# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_audit
from . import test_cards
from . import test_channels
from . import test_companies
from . import test_profile
from . import test_resolution
from . import test_rights
from . import test_release
from . import test_clauses
from . import test_menus
from . import test_translation
from . import test_source_profiles
from . import test_superiors
from . import test_tours
from . import test_unregulated
