from knowledge.models.chunk import Chunk
from knowledge.models.collection import Collection, Viewer
from knowledge.models.corpus import Corpus, Term
from knowledge.models.embedder import Embedder
from knowledge.models.job import Delivery, Heartbeat, Job
from knowledge.models.original import Original
from knowledge.models.revision import Revision
from knowledge.models.source import Source

__all__ = [
    "Chunk",
    "Collection",
    "Corpus",
    "Delivery",
    "Embedder",
    "Heartbeat",
    "Job",
    "Original",
    "Revision",
    "Source",
    "Term",
    "Viewer",
]
