"""What the chat page costs its reader: the bytes that come over the line, and the time until it is seen.

    python -m tests.benchmarks.chat_page

Served as on a real site (files with their hash in the name, compressed) from an installation that is thrown away, to a
browser that has nothing yet, and once more to one that has been there.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests.benchmarks.streams import free_port, process

MOST_BYTES = 150_000
TEXT = (
    "Set the thermostat of the water heater to 120 degrees Fahrenheit: that saves energy and keeps it safe."
)
QUESTION = "How hot should the water heater be?"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PAINTS = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  const [entry] = list.getEntriesByName("first-contentful-paint");
  if (entry) resolve(entry.startTime);
}).observe({ type: "paint", buffered: true }))"""


@dataclass
class Loaded:
    """What one opening of a page took."""

    requests: int = 0
    transferred: int = 0
    """Bytes with heads, as they came over the line."""
    first_paint: float = 0.0
    """Milliseconds until the first text is seen."""


def opened(context: BrowserContext, address: str) -> tuple[Page, Loaded]:
    page, loaded = context.new_page(), Loaded()
    line = context.new_cdp_session(page)
    line.send("Network.enable")

    def note(event: dict[str, float]) -> None:
        loaded.requests += event["encodedDataLength"] > 0
        loaded.transferred += int(event["encodedDataLength"])

    line.on("Network.loadingFinished", note)
    page.goto(address, wait_until="networkidle")
    loaded.first_paint = page.evaluate(PAINTS)
    return page, loaded


def measure(site: str) -> dict[str, Loaded]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        browser.new_context().new_page().goto(site)  # what a process does once is not measured
        context = browser.new_context()
        page, greeting = opened(context, site)
        _, again = opened(context, site)
        page.get_by_label("Your question").fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator(".answer[data-state=complete]")).to_contain_text("120 degrees", timeout=30_000)
        cookies = browser.new_context(storage_state=context.storage_state())
        _, conversation = opened(cookies, page.url)
        browser.close()
    return {"greeting": greeting, "greeting, once more": again, "conversation": conversation}


def environment(folder: str) -> dict[str, str]:
    """A real site but for its address, which has no certificate; no setting of whoever measures."""
    return {
        "DATA_DIR": folder,
        "DATABASE_URL": "",
        "ENV_FILE": os.devnull,
        "DEBUG": "false",
        "SECRET_KEY": "only-for-this-measurement-" * 3,
        "ALLOWED_HOSTS": "localhost",
        "SECURE_SSL_REDIRECT": "false",
        "LOG_LEVEL": "ERROR",
    }


def main() -> None:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="assistant-page-") as folder:
        text = Path(folder, "heating.txt")
        text.write_text(TEXT)
        environ = environment(folder)
        ingest = [sys.executable, "manage.py", "ingest", str(text)]
        with process("manage.py", "up", f"--port={port}", port=port, **environ):
            subprocess.run(ingest, check=True, env=os.environ | environ, stdout=subprocess.DEVNULL)
            found = measure(f"http://localhost:{port}")
    for name, loaded in found.items():
        print(
            f"{name}: {loaded.transferred / 1000:.1f} kB in {loaded.requests} requests, "
            f"first paint after {loaded.first_paint:.0f} ms"
        )
    sys.exit(max(loaded.transferred for loaded in found.values()) > MOST_BYTES)


if __name__ == "__main__":
    main()
