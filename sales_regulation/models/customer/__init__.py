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
