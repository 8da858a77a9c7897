"""Reads PDFs and draws their pages, each file in a child process under limits.

reading   read_pdf: starts the child, keeps what it has read, says what is missing
lines     cleans lines, drops running heads and page numbers
layout    lines to paragraphs, list items and headings
hyphens   which hyphens at the ends of lines belong to the word
picture   render_page: a page as PNG
"""

from knowledge.ingestion.pdf.outcome import PdfLimits
from knowledge.ingestion.pdf.picture import render_page
from knowledge.ingestion.pdf.reading import read_pdf

__all__ = ["PdfLimits", "read_pdf", "render_page"]
