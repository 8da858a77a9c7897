"""`manage.py calibrate_cache FILE`: how often the cache would serve, and how often wrongly, by this embedder."""

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.cache import bounds, calibrating, learning, measuring, simulation
from chat.cache.gate import GUARDED, Gate
from chat.cache.measuring import QuestionsError
from chat.cache.simulation import Outcome, Question, Site, Tally, Vectors
from chat.models import CacheGate
from knowledge import embeddings
from knowledge.errors import EmbeddingError

PHRASINGS = {"1 phrasing known of each answer": 1, "5 phrasings": 5, "all but the asked": None}
TARGETS = (1.0, 2.0, 5.0)


class Command(BaseCommand):
    help = (
        'Measures similar questions on a FILE of JSON lines with "text" and "intent": questions of one intent have '
        "one answer. Prints hit rate and wrong share (wrong answers among those served)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--questions", type=int, default=5_000, help="length of the stream (5000)")
        parser.add_argument(
            "--target",
            type=float,
            nargs="+",
            default=TARGETS,
            help="percent of wrong answers that is acceptable (1 2 5)",
        )
        parser.add_argument("--seed", type=int, default=0, help="of the order of the stream (0)")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--keep",
            action="store_true",
            help="keep the least threshold that holds the gate's own target in the stream",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        questions = self._questions(options)
        row, vectors = self._embedded(questions)
        gate = Gate(GUARDED, row.threshold)
        report: dict[str, Any] = {
            "embedder": str(row.embedder),
            "questions": len(questions),
            "intents": len({question.intent for question in questions}),
            "threshold": row.threshold,
        }
        report["static"] = [
            self._static(questions, vectors, gate, name, options["seed"]) for name in PHRASINGS
        ]
        order = random.Random(options["seed"]).sample(range(len(questions)), len(questions))  # noqa: S311
        order = order[: options["questions"]]
        stream, rows = [questions[index] for index in order], vectors[order]
        report["stream"] = self._stream(stream, rows, gate, options)
        if options["keep"]:
            report["kept"] = self._keep(stream, rows, row, options["file"].name)
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else as_text(report))

    def _questions(self, options: dict[str, Any]) -> list[Question]:
        path = options["file"]
        if options["questions"] < 1:
            raise CommandError("--questions must be 1 or more.")
        if not all(0 < target < 100 for target in options["target"]):
            raise CommandError("A --target is a percentage between 0 and 100.")
        try:
            with path.open(encoding="utf-8") as lines:
                return measuring.questions_of(lines)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{path} is not text in UTF-8.") from error
        except QuestionsError as error:
            raise CommandError(f"{path}: {error}") from error

    def _embedded(self, questions: list[Question]) -> tuple[CacheGate, Vectors]:
        def tell(done: int) -> None:
            self._tell(f"{done} of {len(questions)} embedded")

        try:
            row = learning.gate_row()
            if row.threshold is None:
                self._tell("measuring the threshold of this embedder")
                learning.measure(row)
            return row, embeddings.embed_texts([question.text for question in questions], on_progress=tell)
        except EmbeddingError as error:
            raise CommandError(str(error)) from error

    def _static(
        self, questions: list[Question], vectors: Vectors, gate: Gate, name: str, seed: int
    ) -> dict[str, Any]:
        self._tell(f"asking; {name}")
        asked = measuring.ask_all(questions, vectors, phrasings=PHRASINGS[name], seed=seed)
        default = measuring.served(asked, "both", gate.threshold or 1.0)
        threshold, plain = measuring.plain_at(asked, default.hits)
        return {
            "known": name,
            "asked": len(asked),
            "default": figures(default),
            "plain": figures(plain) | {"threshold": threshold},
            "rows": [
                {"threshold": at} | {way: figures(measuring.served(asked, way, at)) for way in measuring.WAYS}
                for at in measuring.THRESHOLDS
            ],
        }

    def _stream(
        self, stream: list[Question], vectors: Vectors, gate: Gate, options: dict[str, Any]
    ) -> dict[str, Any]:
        self._tell("stream: default state, and a plain threshold at the same hit rate")
        share = settings.CACHE_AUDIT_SHARE
        site = Site(gate, audit_share=share, seed=options["seed"])
        default = simulation.run(stream, vectors, site).total
        threshold, plain = simulation.plain_threshold(stream, vectors, default.hit_rate)
        targets = []
        for target in (percent / 100 for percent in options["target"]):
            for rated in (False, True):
                self._tell(f"stream: target {target:.1%}, {labels(share, rated=rated)}")
                run = simulation.run(stream, vectors, dataclasses.replace(site, target=target, rated=rated))
                targets.append({"target": target, "labels": labels(share, rated=rated)} | learned(run))
        return {
            "questions": len(stream),
            "default": figures(default),
            "plain": figures(plain) | {"threshold": threshold},
            "targets": targets,
        }

    def _keep(self, stream: list[Question], vectors: Vectors, row: CacheGate, name: str) -> float | None:
        self._tell("the least threshold that holds the gate's target")
        found = simulation.least_threshold(
            stream, vectors, thresholds=measuring.THRESHOLDS, target=row.target
        )
        if found is not None:
            learning.keep_threshold(found, measured_on=name)
        return found

    def _tell(self, said: str) -> None:
        self.stderr.write(said)


def labels(audit_share: float, *, rated: bool) -> str:
    return "every hit labelled" if rated else f"{audit_share:.0%} of the hits audited"


def figures(tally: Tally) -> dict[str, Any]:
    """With the upper limit of the wrong share: what it is in truth exceeds it with a probability of 5 % at most."""
    return {
        "hits": tally.hits,
        "wrong": tally.wrong,
        "hit_rate": tally.hit_rate,
        "wrong_share": tally.wrong_share,
        "bound": bounds.upper(tally.wrong, tally.hits, calibrating.ALPHA),
    }


def learned(outcome: Outcome) -> dict[str, Any]:
    passed = [done for done in outcome.calibrations if done.chosen is not None]
    limits = [region.bound for done in outcome.calibrations for region in done.regions]
    return figures(outcome.total) | {
        "by_state": {
            state: {"asked": tally.asked} | figures(tally) for state, tally in outcome.by_state.items()
        },
        "labelled": outcome.labelled,
        "attempts": len(outcome.calibrations),
        "closed": outcome.closed,
        "promised": passed[-1].regions[passed[-1].chosen or 0].bound if passed else None,
        "best_limit": min(limits, default=None),
    }


def as_text(report: dict[str, Any]) -> str:
    lines = [
        f"{report['embedder']}: {report['questions']} questions, {report['intents']} intents; "
        f"threshold of the gate {report['threshold']:.3f}",
        "Hit rate / wrong share in percent.",
    ]
    for part in report["static"]:
        lines += ["", f"{part['known']}, {part['asked']} asked", _row("threshold", measuring.WAYS)]
        lines += [
            _row(f"{row['threshold']:.2f}", [_pair(row[way]) for way in measuring.WAYS])
            for row in part["rows"]
        ]
        lines += _beside(part)
    stream = report["stream"]
    lines += ["", f"A stream of {stream['questions']} questions", *_beside(stream)]
    lines += [_target(run) for run in stream["targets"]]
    if "kept" in report:
        lines += ["", _kept(report["kept"])]
    return "\n".join(lines)


def _beside(part: dict[str, Any]) -> list[str]:
    return [
        f"default state    {_pair(part['default'])}  (at most {part['default']['bound']:.1%})",
        f"plain threshold  {_pair(part['plain'])}  (at most {part['plain']['bound']:.1%}), "
        f"cosine {part['plain']['threshold']:.3f}",
    ]


def _target(run: dict[str, Any]) -> str:
    states = ", ".join(
        f"{state} {tally['asked']}: {_pair(tally).strip()}" for state, tally in run["by_state"].items()
    )
    promised = (
        f"calibrated to at most {run['promised']:.2%}"
        if run["promised"]
        else f"not calibrated, best limit {run['best_limit']:.2%}"
        if run["best_limit"]
        else "too few labels to calibrate"
    )
    return (
        f"target {run['target']:.1%}, {run['labels']}: {_pair(run).strip()} (at most {run['bound']:.2%}); "
        f"{promised} from {run['labelled']} labels in {run['attempts']} attempts; {states}"
    )


def _kept(threshold: float | None) -> str:
    if threshold is None:
        return "Nothing kept: no threshold holds the gate's target on these questions."
    return f"Kept: the guarded threshold is {threshold:.2f} from now on."


def _row(first: str, others: Any) -> str:
    return f"{first:<10}" + "".join(f"{other:>16}" for other in others)


def _pair(figure: dict[str, Any]) -> str:
    return f"{figure['hit_rate']:.1%} / {figure['wrong_share']:.2%}".rjust(15)
