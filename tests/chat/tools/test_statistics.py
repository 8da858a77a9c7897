"""How often tools were called."""

import datetime

import pytest
from django.utils import timezone

from chat.models import Tool, ToolServer
from chat.tools.statistics import Use, total, use_of, with_use
from tests.chat.tool_rows import a_server, a_tool, used

pytestmark = pytest.mark.django_db


def since(days):
    return timezone.localdate() - datetime.timedelta(days=days - 1)


def test_the_use_of_each_tool_and_server_is_in_the_statement_that_reads_it(django_assert_num_queries):
    weather = a_server()
    forecast, alarm = a_tool(weather), a_tool(weather, "alarm")
    count = a_tool(a_server("Stock"), "count")
    used(forecast, calls=4, kept=3, failed=1, milliseconds=1_000)
    used(forecast, ago=29, calls=1, milliseconds=100)
    used(forecast, ago=30, calls=100)
    used(alarm, kept=2)

    with django_assert_num_queries(2):
        tools = {tool.pk: use_of(tool) for tool in with_use(Tool.objects.all(), "usage")}
        servers = {one.name: use_of(one) for one in with_use(ToolServer.objects.all(), "tools__usage")}

    nothing = Use(0, 0, 0, 0)
    assert tools == {forecast.pk: Use(5, 3, 1, 1_100), alarm.pk: Use(0, 2, 0, 0), count.pk: nothing}
    assert servers == {"Weather": Use(5, 5, 1, 1_100), "Stock": nothing}


def test_a_call_takes_as_long_as_all_of_them_on_average():
    assert Use(calls=3, kept=9, failed=1, milliseconds=1_000).mean == 333


def test_what_was_never_called_has_no_average():
    assert Use(calls=0, kept=9, failed=0, milliseconds=0).mean is None


def test_all_tools_are_counted_together_in_one_statement(django_assert_num_queries):
    used(a_tool(), calls=2, failed=1, milliseconds=10)
    used(a_tool(a_server("Stock")), ago=1, calls=3, kept=1)
    used(Tool.objects.first(), ago=7, calls=50)

    with django_assert_num_queries(1):
        assert total(since(7)) == Use(5, 1, 1, 10)


def test_of_no_tools_there_is_nothing_to_tell():
    assert total(since(30)) is None
