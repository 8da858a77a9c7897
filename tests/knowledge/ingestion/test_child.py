"""The limits of a child, shown with programs that break them."""

import os
import select
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.ingestion.child import Child, ChildLimits, ChildStoppedError, Stop

Program = Callable[[str], str]
MEGABYTE = 2**20


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A program with this body of `messages(content)`."""

    def write(body: str) -> str:
        path = tmp_path / "program.py"
        path.write_text("def messages(content):\n" + textwrap.indent(textwrap.dedent(body), "    "))
        return str(path)

    return write


def run(name: str, limits: ChildLimits | None = None) -> list[dict[str, object]]:
    return [*Child(name, (), limits or ChildLimits()).messages(b"content", lambda: None)]


def stop_of(name: str, limits: ChildLimits | None = None) -> Stop:
    with pytest.raises(ChildStoppedError) as stopped:
        run(name, limits)
    return stopped.value.reason


def test_messages_come_back(program: Program) -> None:
    name = program("yield {'read': content.decode()}; yield {'second': 'ﬁ'}")

    assert run(name) == [{"read": "content"}, {"second": "ﬁ"}]


def test_the_peak_of_its_memory_is_its_own(program: Program) -> None:
    ballast = bytearray(300 * MEGABYTE)
    child = Child(program("yield {}"))

    [*child.messages(b"", lambda: None)]

    assert len(ballast) > 0
    assert child.peak_memory_mb > 1
    assert child.peak_memory_mb < 100


def test_the_environment_holds_no_secrets(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    name = program("import os; yield {'secret': os.environ.get('SECRET_KEY')}")

    assert run(name) == [{"secret": None}]


def test_the_project_cannot_be_imported(program: Program) -> None:
    name = program("import sys; yield {'path': sys.path}")

    (message,) = run(name)

    assert str(Path(__file__).parents[3]) not in message["path"]  # type: ignore[operator]


def test_files_cannot_be_written(program: Program, tmp_path: Path) -> None:
    name = program(f"import pathlib; pathlib.Path({str(tmp_path / 'new')!r}).write_text('x'); yield {{}}")

    assert stop_of(name) is Stop.CRASHED
    assert not (tmp_path / "new").read_text()


def test_many_files_cannot_be_opened(program: Program) -> None:
    name = program("files = [open('/dev/null') for _ in range(20)]; yield {}")

    assert stop_of(name, ChildLimits(open_files=10)) is Stop.CRASHED


def test_silence_before_the_first_message_has_a_limit(program: Program) -> None:
    name = program("while True: pass\nyield {}")

    assert stop_of(name, ChildLimits(opening_seconds=0.3)) is Stop.SILENT


def test_silence_after_a_message_has_a_shorter_limit(program: Program) -> None:
    name = program("yield {}\nwhile True: pass")

    assert stop_of(name, ChildLimits(message_seconds=0.1)) is Stop.SILENT


def test_time_in_all_is_limited_however_much_it_says(program: Program) -> None:
    name = program("while True: yield {}")

    assert stop_of(name, ChildLimits(wall_seconds=1, output_bytes=10**12)) is Stop.OUT_OF_TIME


def test_processor_time_is_limited(program: Program) -> None:
    name = program("while True: pass\nyield {}")

    assert stop_of(name, ChildLimits(cpu_seconds=1)) is Stop.OUT_OF_TIME


def test_memory_is_limited(program: Program) -> None:
    name = program(f"yield {{'bytes': len(bytearray({400 * MEGABYTE}))}}")

    assert stop_of(name, ChildLimits(memory_bytes=300 * MEGABYTE)) is Stop.OUT_OF_MEMORY


def test_output_is_limited(program: Program) -> None:
    name = program("while True: yield {'x': 'x' * 1000}")

    assert stop_of(name, ChildLimits(output_bytes=50_000)) is Stop.TOO_MUCH_OUTPUT


def test_a_line_without_an_end_is_limited_too(program: Program) -> None:
    name = program("import sys\nwhile True: sys.stdout.write('x' * 1000)\nyield {}")

    assert stop_of(name, ChildLimits(output_bytes=50_000)) is Stop.TOO_MUCH_OUTPUT


def test_an_exception_is_a_crash(program: Program) -> None:
    assert stop_of(program("yield {}; raise ValueError")) is Stop.CRASHED


def test_a_signal_is_a_crash(program: Program) -> None:
    assert stop_of(program("import os; yield {}; os.kill(os.getpid(), 11)")) is Stop.CRASHED


def test_nothing_of_a_child_is_left_when_nobody_listens_any_more(program: Program, tmp_path: Path) -> None:
    lifeline = tmp_path / "lifeline"
    os.mkfifo(lifeline)
    reader = os.open(lifeline, os.O_RDONLY | os.O_NONBLOCK)
    name = program(f"""
        import os
        os.open({str(lifeline)!r}, os.O_WRONLY)
        if os.fork() == 0:
            while True: pass
        yield {{"forked": True}}
        while True: pass
    """)
    messages = Child(name).messages(b"", lambda: None)
    next(messages)

    messages.close()

    ended, _, _ = select.select([reader], [], [], 20)  # a pipe ends when the last process that holds it has
    assert ended
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_the_listener_is_told_while_it_waits(program: Program) -> None:
    ticks: list[int] = []
    child = Child(program("while True: pass\nyield {}"), (), ChildLimits(opening_seconds=1.5))

    with pytest.raises(ChildStoppedError):
        [*child.messages(b"", lambda: ticks.append(1))]

    assert ticks


def test_a_program_that_lacks_a_library_is_the_fault_of_the_installation(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text("import a_library_that_nobody_has\n")

    with pytest.raises(RuntimeError, match="a_library_that_nobody_has"):
        run(str(path))
