# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_plan
from . import test_release
from . import test_rights
from . import test_actual
from . import test_checkpoint
from . import test_split
