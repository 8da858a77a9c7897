"""PDFs that tests make."""

import io
from collections.abc import Sequence

import pypdf
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def pdf_with_text(pages: Sequence[str]) -> bytes:
    """The lines of each page, in Helvetica."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(595, 842)
        content = DecodedStreamObject()
        lines = "".join(f"({line}) Tj T* " for line in text.splitlines())
        content.set_data(f"BT /F1 12 Tf 15 TL 60 760 Td {lines}ET".encode("ascii"))
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        page[NameObject("/Contents")] = writer._add_object(content)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()
