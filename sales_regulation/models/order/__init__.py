# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_stock_sealed
from . import regulation_price_authority
from . import regulation_profile
from . import product_pricelist
from . import sale_order_content
from . import sale_order_price
from . import sale_order
from . import sale_order_line
from . import ir_actions_report
from . import mail_compose_message
from . import mail_template
from . import payment_transaction
