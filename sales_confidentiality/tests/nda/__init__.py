# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_nda
from . import test_nda_keep
from . import test_nda_portal
from . import test_exam
from . import test_training
from . import test_party
from . import test_nda_tours
from . import test_nda_hostile
