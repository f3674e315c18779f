# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import label
from . import grant
from . import log
from . import protection
from . import banner
from . import channel
from . import transmission
from . import case
from . import leave
from . import file
from . import nda
from . import exam
from . import training
