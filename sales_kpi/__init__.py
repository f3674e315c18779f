# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import tools
from . import models
from . import report
from . import wizard
from . import controllers
from . import demo
from .hooks import post_init_hook, uninstall_hook
