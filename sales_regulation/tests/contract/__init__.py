# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_contract_amend
from . import test_contract_archive
from . import test_contract_ledger
from . import test_contract_order
from . import test_contract_portal
from . import test_contract_review
from . import test_contract_rights
