# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import confidentiality_preview
from . import confidentiality_preview_line
from . import confidentiality_lower
from . import confidentiality_case_sanction
from . import confidentiality_checkout_paper
from . import confidentiality_reward
from . import confidentiality_nda_step
