# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import confidentiality_nda_template
from . import confidentiality_nda_signature
from . import confidentiality_nda
from . import confidentiality_nda_keep
from . import confidentiality_nda_sign
from . import confidentiality_party
from . import regulation_profile
from . import regulation_register
from . import res_partner
