"""From disk to live, as a ratio to what is necessary in any case: text by pdfium, one embedding pass, COPY.

    python -m tests.benchmarks.ingestion GUIDE.pdf [--pages 1000]

Both are measured in the same run, in turn, so that a noisy machine is noisy for both.
"""

import argparse
import io
import statistics
import threading
import time
from pathlib import Path

from tests.benchmarks.installation import empty_installation

REPEATS = 3


def merged(content: bytes, pages: int) -> bytes:
    """The document repeated until it has so many pages."""
    from pypdf import PdfReader, PdfWriter

    reader, writer = PdfReader(io.BytesIO(content)), PdfWriter()
    while len(writer.pages) < pages:
        writer.append(reader, pages=(0, min(len(reader.pages), pages - len(writer.pages))))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def necessary_parts(content: bytes, texts: list[str]) -> dict[str, float]:
    """Seconds of the parts that nothing can do without."""
    import pypdfium2
    from django.db import connection
    from pgvector import HalfVector

    from knowledge import embeddings

    seconds = {}
    started = time.perf_counter()
    for page in pypdfium2.PdfDocument(content):
        page.get_textpage().get_text_bounded()
    seconds["pdfium text"] = time.perf_counter() - started
    started = time.perf_counter()
    vectors = embeddings.embed_texts(texts)
    seconds["embedding"] = time.perf_counter() - started
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE copied (text text, embedding halfvec)")
        with cursor.copy("COPY copied FROM STDIN") as copy:
            for text, vector in zip(texts, vectors, strict=True):
                copy.write_row((text, HalfVector(vector).to_text()))
        cursor.execute("DROP TABLE copied")
    seconds["COPY"] = time.perf_counter() - started
    return seconds


class PeakMemory:
    """The largest resident size of this process, in MB, while the block runs."""

    def __enter__(self) -> "PeakMemory":
        import psutil

        self.process, self.peak, self.done = psutil.Process(), 0, threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self) -> None:
        while not self.done.wait(0.02):
            self.peak = max(self.peak, self.process.memory_info().rss // 2**20)

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()


def measure(name: str, content: bytes) -> None:
    from knowledge.benchmarking import scratch_schema
    from knowledge.ingestion import ingest
    from knowledge.models import Chunk, Collection, Job, Original, Source

    ratios = []
    for _ in range(REPEATS):
        with scratch_schema(), PeakMemory() as memory:
            collection = Collection.objects.create(name="Benchmark", slug="benchmark")
            started = time.perf_counter()
            original = Original.objects.keep(content, "application/pdf")
            source = Source.objects.create(
                collection=collection, kind=Source.Kind.PDF, original=original, file_name=f"{name}.pdf"
            )
            ingest(Job.objects.claim(Job.objects.create(source=source).pk))
            whole = time.perf_counter() - started
            texts = list(Chunk.objects.live().values_list("text", flat=True))
            report = source.revisions.get().report
        parts = necessary_parts(content, texts)
        ratios.append(whole / sum(parts.values()))
        print(
            f"{name}: {report['page_count']} pages, {len(texts)} chunks: {whole:.2f} s; necessary "
            + ", ".join(f"{part} {seconds:.2f}" for part, seconds in parts.items())
            + f"; ratio {ratios[-1]:.2f}; this process at most {memory.peak} MB,"
            f" the reading child {report.get('peak_memory_mb', 0):.0f} MB"
        )
    print(f"{name}: median ratio {statistics.median(ratios):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pdf", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    options = parser.parse_args()
    with empty_installation(LOG_LEVEL="WARNING"):
        content = options.pdf.read_bytes()
        measure(options.pdf.stem, content)
        measure(f"{options.pdf.stem} × {options.pages} pages", merged(content, options.pages))


if __name__ == "__main__":
    main()
