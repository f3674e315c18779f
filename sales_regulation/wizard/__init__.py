# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_setup
from . import dispatch_reason_wizard
from . import dispatch_receipt_wizard
from . import dispatch_receipt_wizard_line
from . import dispatch_objection_wizard
from . import regulation_approval_opinion
from . import regulation_help_wizard
from . import regulation_help_wizard_line
from . import sale_payment_reason_wizard
from . import sales_contract_wizard
from . import regulation_measure_statement
from . import regulation_approval_signer
from . import sales_contract_archive_wizard
from . import solution_proposal_review
from . import crm_lead_evaluation
from . import crm_lead_handover_wizard
from . import sales_contact_correction
from . import sales_ticket_wizard
from . import customer_referral_wizard
from . import sales_plan_split
from . import sales_plan_split_line
