"""Two webs, two workers and one PostgreSQL, all of which are killed while they work: is anything lost, anything double?

    python -m tests.benchmarks.two_hosts [SOURCES]

A fifth of the sources is read by one worker, a fifth by two, undisturbed: that tells what a second worker brings, and
how many chunks each kind of document gives. The rest is added through the API of both webs while readers converse and,
one after the other, everything is killed with SIGKILL. Each worker keeps to one processor, as if it were a host of its
own. All runs with the settings that the project ships, on a database that is thrown away. Ends with 1 if anything is
lost or double.
"""

import argparse
import sys

from tests.benchmarks.installation import empty_installation


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=int, nargs="?", default=1000)
    options = parser.parse_args()
    with empty_installation() as cluster:
        from tests.flows.findings import Findings
        from tests.flows.upheaval import Upheaval

        run = Upheaval(cluster, options.sources)
        run.run()
        findings = Findings(run)
        print(findings.report())
    sys.exit(1 if findings.faults else 0)


if __name__ == "__main__":
    main()
