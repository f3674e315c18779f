# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_profile
from . import regulation_profile_delivery
from . import regulation_dispatch_copy
from . import regulation_register
from . import regulation_release
from . import dispatch_notice
from . import dispatch_notice_line
from . import dispatch_notice_step
from . import dispatch_receipt
from . import dispatch_receipt_line
from . import dispatch_notice_copy
from . import dispatch_objection
from . import dispatch_notice_priority
from . import dispatch_notice_acceptance
from . import dispatch_notice_delay
from . import dispatch_notice_line_stock
from . import dispatch_notice_goods
from . import sale_order
from . import sale_order_delivery
from . import sale_order_line
from . import stock_move_line
from . import stock_move_line_till
from . import stock_move
from . import stock_picking
from . import stock_picking_dispatch
from . import stock_picking_portal
