# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import confidentiality_model
from . import base
from . import confidentiality_masked
from . import confidentiality_satellite
from . import regulation_protected
from . import ir_rule
from . import res_partner
from . import res_partner_bank
from . import crm_lead
from . import crm_team
from . import utm_campaign
from . import sale_order
from . import sale_order_line
from . import sale_report
from . import stock_move
from . import stock_forecasted
from . import account_move
from . import account_move_line
from . import account_invoice_report
from . import product
from . import sales_contact
from . import sales_contract_line
from . import sales_contract_document
from . import sales_contract_signature
from . import sales_contract_version
from . import sales_contract_copy
