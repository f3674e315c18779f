# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_profile
from . import regulation_register
from . import sales_contract_term
from . import sales_contract_type
from . import sales_contract_line
from . import sales_contract
from . import sales_contract_review
from . import sales_contract_version
from . import sales_contract_signature
from . import sales_contract_sign
from . import sales_contract_amend
from . import sale_order
from . import sale_order_change
from . import res_partner
from . import regulation_profile_archive
from . import regulation_register_archive
from . import regulation_checklist_item
from . import sales_contract_document
from . import sales_contract_copy
from . import sales_contract_archive
from . import sales_contract_execution
from . import ir_attachment
