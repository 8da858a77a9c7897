"""Every page in German, whose words are longer: nothing is wider than a phone; a picture of each is kept."""

import pytest

from tests.flows import gallery
from tests.flows.conftest import Visit
from tests.flows.test_every_page import WHO, keep_picture

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def german_visit(chromium, site):
    context = chromium.new_context(viewport=PHONE, locale="de")
    visit = Visit(context, site)
    yield visit
    context.close()
    visit.assert_unharmed()


@pytest.mark.parametrize("who", WHO)
def test_every_page_fits_a_phone_in_german(german_visit, who):
    person, pages = WHO[who](gallery.build())
    if person:
        german_visit.sign_in(person)
    too_wide, languages = [], set()

    for name, path in pages.items():
        page = german_visit.open(path)
        keep_picture(page, f"{name}-{PHONE['width']}-german")
        wide = page.evaluate("document.documentElement.scrollWidth")
        too_wide += [f"{name}: {wide} px"] if wide > PHONE["width"] else []
        languages.add(page.locator("html").get_attribute("lang"))

    assert too_wide == []
    assert languages == {"de"}
