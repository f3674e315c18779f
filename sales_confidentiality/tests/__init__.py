# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_access
from . import test_labels
from . import test_masks
from . import test_lookups
from . import test_log
from . import test_conditions
from . import test_card
from . import test_channels
from . import test_lists
from . import test_export
from . import test_print
from . import test_products
from . import test_mail
from . import test_link
from . import test_cases
from . import test_checkout
from . import test_inspection
from . import test_case_hostile
from . import test_transmission_hostile
from . import test_case_tours
from . import nda
from . import test_unlabelled
from . import test_satellites
from . import test_banner
from . import test_without_code
from . import test_demo
