# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import engine
from . import policy
from . import order
from . import contract
from . import payment
from . import customer
from . import shipping
from . import visit
from . import report
from . import service
from . import opportunity
from . import expense
from . import plan
