# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_profile_stage
from . import regulation_profile
from . import regulation_profile_tier
from . import regulation_register
from . import crm_stage
from . import crm_lead
from . import crm_lead_owner
from . import crm_team
from . import regulation_negotiated
from . import crm_lead_negotiation
from . import crm_lead_process
from . import crm_lead_evaluation
from . import crm_lead_handover
from . import solution_proposal
from . import sales_contact
from . import sale_order
from . import sales_contract
from . import sales_contract_negotiation
