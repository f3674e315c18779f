# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_contact
from . import test_visit
from . import test_plan
from . import test_check_in
from . import test_report
from . import test_owner_change
from . import test_visit_hostile
