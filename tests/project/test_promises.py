"""The tests that docs/promises.md names exist, and every promise names one."""

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (?!promise|---)(.+) \| (.+) \|$", (PROJECT / "docs" / "promises.md").read_text(), re.M
)


def exists(name: str) -> bool:
    file, _, test = name.partition("::")
    path = PROJECT / file
    if not path.is_file():
        return False
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tests = {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, functions)}
    return not test or test in tests


def test_every_promise_names_tests_that_exist():
    named = {promise: re.findall(r"`(tests/[^`]+)`", proof) for promise, proof in ROWS}

    assert len(named) > 15
    assert [promise for promise, tests in named.items() if not tests] == []
    assert [test for tests in named.values() for test in tests if not exists(test)] == []


def test_a_test_that_does_not_exist_is_noticed():
    assert exists("tests/project/test_promises.py::test_a_test_that_does_not_exist_is_noticed")
    assert not exists("tests/project/test_promises.py::test_of_nothing")
    assert not exists("tests/project/test_nothing.py")
