import pytest

from tests.factories import UserFactory
from tests.project.front_page.days import signed_in


@pytest.fixture
def staff(db):
    """The client of an administrator."""
    return signed_in(UserFactory(is_staff=True, is_superuser=True))
