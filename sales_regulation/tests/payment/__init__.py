# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_allocation
from . import test_receipt
from . import test_screens
from . import test_shipment_guard
from . import test_storyline
from . import test_terms
from . import test_till
from . import test_boundaries
