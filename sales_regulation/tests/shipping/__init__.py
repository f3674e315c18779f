# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_delivery_acceptance
from . import test_delivery_note
from . import test_dispatch_goods
from . import test_dispatch_ledger
from . import test_dispatch_notice
from . import test_dispatch_priority
from . import test_dispatch_shipment
from . import test_query_counts
from . import test_delivery_hostile
