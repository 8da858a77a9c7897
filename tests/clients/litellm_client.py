"""LiteLLM against a running server: `python tests/clients/litellm_client.py URL KEY`.

It needs an older version of OpenAI's client than the product, and so makes a virtual environment of its own first.
KEY is an API key with the scopes ask and embed. Ends with 0 if everything was as it should be.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

REQUIREMENTS = ("litellm>=1.80,<2",)
INSIDE = "LITELLM_CLIENT_INSIDE"
MODEL = "openai/default"
MESSAGES = [{"role": "user", "content": "How hot should the water heater be set?"}]


def run_in_its_own_environment() -> int:
    with tempfile.TemporaryDirectory(prefix="litellm-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        return subprocess.run([python, *sys.argv], env=os.environ | {INSIDE: "1"}).returncode


def check(url: str, key: str) -> None:
    import litellm

    server = {"api_base": f"{url.rstrip('/')}/v1", "api_key": key, "num_retries": 0}

    answer = litellm.completion(model=MODEL, messages=MESSAGES, **server)
    text = answer.choices[0].message.content
    assert text, answer
    print(f"answered: {text.splitlines()[0]}")

    chunks = list(litellm.completion(model=MODEL, messages=MESSAGES, stream=True, **server))
    streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert streamed, chunks
    print(f"streamed: {len(chunks)} chunks")

    vectors = litellm.embedding(
        model=MODEL, input=["The water heater.", "A furnace."], encoding_format="float", **server
    )
    assert len(vectors.data) == 2, vectors
    print(f"embedded: {len(vectors.data[0]['embedding'])} dimensions")

    try:
        litellm.completion(model="openai/gpt-5", messages=MESSAGES, **server)
    except litellm.NotFoundError as refused:
        print(f"refused: {refused}")
    else:
        raise AssertionError("a model that there is not has answered")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if INSIDE not in os.environ:
        sys.exit(run_in_its_own_environment())
    check(*sys.argv[1:])
