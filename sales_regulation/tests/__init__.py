# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import policy
from . import engine
from . import order
from . import payment
from . import customer
from . import shipping
from . import tours
from . import contract
from . import report
from . import visit
from . import service
from . import expense
from . import plan
from . import test_lists
from . import test_standard_screens
from . import opportunity
