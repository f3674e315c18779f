# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_stock_sealed
from . import regulation_price_authority
from . import regulation_profile
from . import regulation_register
from . import sale_order_content
from . import sale_order_price
from . import sale_order
from . import sale_order_line
from . import sale_order_review
from . import sale_order_split
from . import sale_order_lock
from . import regulation_price_guarded
from . import product_pricelist
from . import product_template
from . import res_partner
from . import base_partner_merge
from . import price_change_request
from . import price_change_request_line
from . import sale_order_change
from . import sale_order_change_line
from . import ir_actions_report
from . import mail_compose_message
from . import mail_template
from . import payment_transaction
from . import sale_order_portal
