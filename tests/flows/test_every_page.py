"""Every page in a real browser: nothing serious for axe, nothing wider than the screen; a picture of each is kept."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from tests.flows import gallery

pytestmark = pytest.mark.browser

PICTURES = Path(settings.BASE_DIR) / "screenshots"
WIDTHS = {390: 844, 1024: 768, 1440: 900}
SCHEMES = ("light", "dark")
SERIOUS = ("serious", "critical")
WHO = {
    "anybody": lambda made: (None, made.public_pages()),
    "a reader": lambda made: (made.reader, made.reader_pages()),
    "a curator": lambda made: (made.curator, made.curator_pages()),
    "an administrator": lambda made: (made.administrator, made.admin_pages()),
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("who", WHO)
def test_every_page_fits_the_screen_and_is_accessible(visit, who, scheme):
    person, pages = WHO[who](gallery.build())
    if person:
        visit.sign_in(person)
    visit.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    problems = []

    for name, path in pages.items():
        response = visit.page.goto(visit.site + path, wait_until="networkidle")
        found = [] if response.status == gallery.STATUS.get(name, 200) else [f"status {response.status}"]
        found += serious_problems(visit.page)
        for width, height in WIDTHS.items():
            visit.page.set_viewport_size({"width": width, "height": height})
            keep_picture(visit.page, f"{name}-{width}-{scheme}")
            wide = visit.page.evaluate("document.documentElement.scrollWidth")
            found += [f"{wide} px at {width}"] if wide > width else []
        problems += [f"{name}, {scheme}: {problem}" for problem in found]

    assert not problems, "\n".join(problems)


def serious_problems(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} ({', '.join(check['message'] for check in node['any'])[:200]})"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def keep_picture(page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
