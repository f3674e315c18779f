# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_storyline_tours
from . import test_visit_tours
from . import test_service_tours
from . import test_expense_tours
from . import test_opportunity_tours
