"""The model that comes with the installation."""

from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings


class LocalEmbeddings(Embeddings):
    """wordllama's model from its own wheel: vectors of length 1, no network. Loaded when first used."""

    model = "wordllama-l2-supercat"
    dimensions = 256

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        model = _loaded_model()
        encodings = model.tokenizer.encode_batch(texts, add_special_tokens=False)
        if not all(encoding.ids for encoding in encodings):
            raise ValueError("An empty text has no vector.")
        # The model's own embed() gives the same, but pads each batch to its longest text: 3 times slower.
        pooled = np.stack([model.embedding[encoding.ids].mean(axis=0) for encoding in encodings])
        vectors: list[list[float]] = (pooled / np.linalg.norm(pooled, axis=1, keepdims=True)).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


_loading = Lock()


def _loaded_model() -> Any:
    with _loading:
        return _load()


@lru_cache(maxsize=1)
def _load() -> Any:
    import wordllama  # 35 MB that an installation with another embedder saves

    # Without cache_dir it looks for its tokenizer in the wrong folder, and would then download it.
    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
    model.tokenizer.no_padding()
    return model
