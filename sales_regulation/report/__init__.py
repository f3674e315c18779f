# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import dispatch_delivery_note
from . import dispatch_ledger
from . import regulation_clause_report
from . import sales_contract_ledger
from . import sales_contract_watch
from . import visit_compliance_report
from . import sales_follow_up_report
from . import customer_dossier_report
