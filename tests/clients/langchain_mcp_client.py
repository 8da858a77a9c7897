"""langchain-mcp-adapters against a running server: `python tests/clients/langchain_mcp_client.py URL KEY`.

It needs another version of the MCP SDK than the product, and so makes a virtual environment of its own first.
KEY is an API key with the scopes ask and read. Ends with 0 if everything was as it should be.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

REQUIREMENTS = ("langchain-mcp-adapters>=0.1,<1", "langchain-core")
INSIDE = "LANGCHAIN_MCP_CLIENT_INSIDE"
TOOLS = {"search_knowledge", "ask", "list_sources", "read_source"}
QUESTION = "How hot should the water heater be set?"


def run_in_its_own_environment() -> int:
    with tempfile.TemporaryDirectory(prefix="langchain-mcp-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        return subprocess.run([python, *sys.argv], env=os.environ | {INSIDE: "1"}).returncode


async def check(url: str, key: str) -> None:
    from langchain_mcp_adapters.client import MultiServerMCPClient

    headers = {"Authorization": f"Bearer {key}"}
    server = {"transport": "streamable_http", "url": f"{url.rstrip('/')}/mcp", "headers": headers}
    client = MultiServerMCPClient({"knowledge": server})

    tools = {tool.name: tool for tool in await client.get_tools()}
    assert set(tools) == TOOLS, set(tools)
    for name, arguments in {
        "search_knowledge": {"query": QUESTION},
        "list_sources": {},
        "ask": {"question": QUESTION},
    }.items():
        print(f"--- {name}\n{str(await tools[name].ainvoke(arguments))[:500]}")

    resources = await client.get_resources("knowledge")
    print(f"--- {len(resources)} resources, the first: {resources[0].as_string()[:100] if resources else ''}")
    messages = await client.get_prompt("knowledge", "answer_from_sources", arguments={"question": QUESTION})
    assert QUESTION in str(messages[0].content)
    print("Everything is as it should be.")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if os.environ.get(INSIDE):
        asyncio.run(check(*sys.argv[1:]))
    else:
        sys.exit(run_in_its_own_environment())
