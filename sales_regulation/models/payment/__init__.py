# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_profile
from . import regulation_register
from . import account_payment_term
from . import sale_payment_agreement
from . import sale_payment_allocation
from . import sale_receipt
from . import account_payment
from . import account_bank_statement_line
from . import account_move
from . import sale_order
from . import sale_order_line
from . import product_product
