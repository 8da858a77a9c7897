"""The bytes of an original, whole or in part (RFC 9110, section 14)."""

import pytest

from knowledge.downloads import UnsatisfiableError, byte_range
from knowledge.models import Original
from tests.knowledge.revisions import ready_pdf, with_revision


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-9", range(10)),
        ("bytes=5-5", range(5, 6)),
        ("bytes=90-", range(90, 100)),
        ("bytes=90-1000", range(90, 100)),
        ("bytes=-10", range(90, 100)),
        ("bytes=-1000", range(100)),
        ("Bytes = 0 - 9", range(10)),
    ],
)
def test_a_range_names_its_first_and_its_last_byte(header, expected):
    assert byte_range(header, 100) == expected


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=9-0",
        "bytes=0-1,5-6",
        "pages=1-2",
        "bytes=٣-٤",
        f"bytes={'9' * 30}-",
    ],
)
def test_what_is_no_single_range_asks_for_everything(header):
    assert byte_range(header, 100) is None


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-0", 0)])
def test_a_range_beyond_the_end_cannot_be_served(header, size):
    with pytest.raises(UnsatisfiableError):
        byte_range(header, size)


@pytest.fixture
def source(db):
    return ready_pdf("One.")


@pytest.fixture
def content(source):
    return source.original.read()


def get(client, source, **headers):
    return client.get(f"/sources/{source.pk}/original/", headers=headers)


def test_a_part_is_sent_with_its_place_in_the_whole(client, source, content):
    response = get(client, source, Range="bytes=5-14")

    assert response.status_code == 206
    assert response.content == content[5:15]
    assert response["Content-Range"] == f"bytes 5-14/{len(content)}"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_the_whole_says_that_parts_can_be_had(client, source, content):
    response = get(client, source)

    assert (response.status_code, response.content) == (200, content)
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == f'"{source.original.sha256}"'


def test_beyond_the_end_the_length_is_told(client, source, content):
    response = get(client, source, Range=f"bytes={len(content)}-")

    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(content)}"


def test_who_has_parts_of_another_reading_gets_the_whole_of_this_one(client, source):
    before = get(client, source)["ETag"]
    new = Original.objects.keep(b"%PDF-1.7 another one", "application/pdf")
    with_revision(source, "Another.", new, number=2)

    response = get(client, source, Range="bytes=0-3", If_Range=before)

    assert (response.status_code, response.content) == (200, b"%PDF-1.7 another one")


def test_a_part_of_what_one_has_already_is_sent(client, source, content):
    response = get(client, source, Range="bytes=0-3", If_Range=get(client, source)["ETag"])

    assert (response.status_code, response.content) == (206, content[:4])


def test_whoever_asks_for_the_head_only_learns_the_whole_length(client, source, content):
    response = client.head(f"/sources/{source.pk}/original/", headers={"Range": "bytes=0-3"})

    assert (response.status_code, response["Content-Length"]) == (200, str(len(content)))


def test_of_a_file_that_was_lost_there_are_no_parts(client, source):
    source.original.file.storage.delete(source.original.file.name)

    assert get(client, source, Range="bytes=0-3").status_code == 404
