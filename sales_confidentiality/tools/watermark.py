# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import io

from markupsafe import escape

from odoo.tools.pdf import PdfFileReader, PdfFileWriter

_STYLE = (
    "position:fixed;top:40%;left:0;right:0;text-align:center;transform:rotate(-30deg);"
    "font-size:28px;color:#888;opacity:.25;pointer-events:none;z-index:9999"
)
#: fonts that every reader of PDF brings along: no file is needed to write Chinese
_FONTS = {"latin": "Helvetica", "han": "STSong-Light"}
_GAP = 260


def stamp_html(content, mark):
    """The page with the mark across it."""
    text = content.decode() if isinstance(content, bytes) else str(content)
    stamp = f'<div class="o_confidentiality_watermark" style="{_STYLE}">{escape(mark)}</div>'
    head, body, tail = text.rpartition("</body>")
    text = f"{head}{stamp}{body}{tail}" if body else f"{text}{stamp}"
    return text.encode() if isinstance(content, bytes) else type(content)(text)


def stamp_text(content, mark):
    """The text with the mark in its first line."""
    if isinstance(content, bytes):
        return f"{mark}\n".encode() + content
    return f"{mark}\n{content}"


def stamp_pdf(content, mark):
    """The PDF with the mark across every page."""
    reader = PdfFileReader(io.BytesIO(content), strict=False)
    pages = [reader.getPage(number) for number in range(reader.getNumPages())]
    sizes = [
        (float(abs(page.mediaBox.getWidth())), float(abs(page.mediaBox.getHeight())))
        for page in pages
    ]
    overlay = PdfFileReader(io.BytesIO(_overlay(sizes, mark)), strict=False)
    writer = PdfFileWriter()
    for number, page in enumerate(pages):
        # As Odoo's own banner does: a merged page with annotations is not written correctly
        if "/Annots" in page:
            del page["/Annots"]
        page.mergePage(overlay.getPage(number))
        writer.addPage(page)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _overlay(sizes, mark):
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    font = _FONTS["latin"]
    if not mark.isascii():
        font = _FONTS["han"]
        pdfmetrics.registerFont(UnicodeCIDFont(font))
    packet = io.BytesIO()
    page = canvas.Canvas(packet)
    for width, height in sizes:
        page.setPageSize((width, height))
        page.setFillColorRGB(0.5, 0.5, 0.5, alpha=0.25)
        page.setFont(font, 13)
        for row in range(int(height // _GAP) + 1):
            page.saveState()
            page.translate(width / 2, _GAP / 2 + row * _GAP)
            page.rotate(30)
            page.drawCentredString(0, 0, mark)
            page.restoreState()
        page.showPage()
    page.save()
    return packet.getvalue()
