# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_sales_process
from . import test_lead_handover
from . import test_solution_proposal
from . import test_manager_negotiation
from . import test_opportunity_hostile
