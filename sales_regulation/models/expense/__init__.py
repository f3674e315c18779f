# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_profile
from . import regulation_commitment
from . import sales_budget_category
from . import regulation_budget_figure
from . import sales_budget
from . import sales_budget_line
from . import sales_budget_change
from . import expense_application
from . import hr_expense
from . import account_move
from . import sales_expense_review
from . import sales_budget_report
