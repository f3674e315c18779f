# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_credit_entity
from . import test_credit_exposure
from . import test_credit_gate
from . import test_credit_sealed
from . import test_credit_parallel
from . import test_credit_request
from . import test_credit_boundaries
from . import test_tier
from . import test_ownership
from . import test_dossier
from . import test_owner_lead
from . import test_ownership_boundaries
from . import test_customer_hostile
