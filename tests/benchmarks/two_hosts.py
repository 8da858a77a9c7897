"""Two webs, two workers and one PostgreSQL, all of which are killed while they work: is anything lost, anything double?

    python -m tests.benchmarks.two_hosts [SOURCES]

A fifth of the sources is read by one worker, a fifth by two, undisturbed: that tells what a second worker brings, and
how many chunks each kind of document gives. The rest is added through the API of both webs while readers converse and,
one after the other, everything is killed with SIGKILL. Each worker keeps to one processor, as if it were a host of its
own. All runs with the settings that the project ships, on a database that is thrown away. Ends with 1 if anything is
lost or double.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def installation() -> Iterator[Any]:
    """The database of an empty site; no setting of whoever measures."""
    with tempfile.TemporaryDirectory(prefix="assistant-hosts-") as folder:
        os.environ |= {
            "DATA_DIR": folder,
            "DATABASE_URL": "",
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "assistant_project.settings",
            "LOG_LEVEL": "ERROR",
        }
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        from assistant_project import postgres

        with postgres.running(Path(folder)) as cluster:
            call_command("migrate", verbosity=0)
            yield cluster
            connections.close_all()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=int, nargs="?", default=1000)
    options = parser.parse_args()
    with installation() as cluster:
        from tests.flows.findings import Findings
        from tests.flows.upheaval import Upheaval

        run = Upheaval(cluster, options.sources)
        run.run()
        findings = Findings(run)
        print(findings.report())
    sys.exit(1 if findings.faults else 0)


if __name__ == "__main__":
    main()
