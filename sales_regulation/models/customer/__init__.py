# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import base_partner_merge
from . import regulation_commitment
from . import regulation_profile
from . import res_partner
from . import res_partner_entity
from . import sale_order
from . import stock_picking
from . import sale_credit_request
from . import sale_receivable_report
from . import ka_tier
from . import ka_tier_assignment
from . import ka_tier_score
from . import ka_tier_score_line
from . import regulation_profile_tier
from . import regulation_tier_criterion
from . import regulation_profile_customer
from . import regulation_register
from . import res_partner_tier
