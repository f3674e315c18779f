# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_expense_budget
from . import test_expense_claim
from . import test_expense_hostile
from . import test_expense_review
from . import test_expense_queries
