# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_profile
from . import customer_registration
from . import confidentiality_checkout
from . import confidentiality_checkout_items
from . import confidentiality_checkout_hand_over
from . import hr_employee
from . import hr_version
from . import resource_resource
from . import res_users
