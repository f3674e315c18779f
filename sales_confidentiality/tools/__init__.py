# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .access import Access, Handling, Label, Protection, ProtectedModel
from .fields import LabelMany2one, label_index
from .watermark import stamp_html, stamp_pdf, stamp_text
