# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_demo
from . import dispatch_demo
from . import contract_demo
from . import opportunity_demo
from . import visit_demo
from . import service_demo
from . import customer_demo
from . import report_demo
from . import expense_demo
from . import plan_demo
