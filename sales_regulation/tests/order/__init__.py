# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_price_authority
from . import test_confirm_guard
from . import test_storyline_order
from . import test_order_review
from . import test_order_split
from . import test_order_change
from . import test_order_edit
from . import test_price_change
from . import test_portal
from . import test_order_variants
from . import test_price_products
from . import test_other_kinds
from . import test_reading
