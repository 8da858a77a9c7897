"""The pages that show the API, in a real browser: whole, in order, and all from this site."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_swagger_ui_shows_the_operations_and_tries_one_out(visit, console):
    page = visit.open("/api/docs/")
    expect(page.get_by_role("heading", name="Knowledge assistant")).to_be_visible()

    operation = page.locator(".opblock", has_text="List the assistants that one may ask")
    operation.click()
    operation.get_by_role("button", name="Execute").click()

    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    assert console == []


def test_redoc_shows_the_operations_and_finds_one(visit, console):
    page = visit.open("/api/redoc/")
    expect(page.get_by_role("heading", name="Knowledge assistant")).to_be_visible()
    expect(page.get_by_text("API docs by Redocly")).to_be_visible()

    page.get_by_placeholder("Search").press_sequentially("passages")

    expect(page.get_by_role("menuitem", name="Find passages").first).to_be_visible()
    assert console == []
