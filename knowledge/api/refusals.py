"""What goes wrong with a source, as HTTP says it."""

from collections.abc import Iterator
from contextlib import contextmanager

from drf_spectacular.utils import OpenApiResponse
from rest_framework import status
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError

from assistant_project.errors import TooLargeError
from assistant_project.rest import ErrorSerializer
from knowledge import errors
from knowledge.curation import NothingToCurateError
from knowledge.intake import AddressTakenError, CollectionGoneError
from knowledge.models.collection import CollectionInUseError

BAD_FILTER = {400: OpenApiResponse(ErrorSerializer, "A parameter is not right; `fields` says which.")}
BAD_CURSOR = {404: OpenApiResponse(ErrorSerializer, "There is no such page.")}
CONFLICT = {
    409: OpenApiResponse(ErrorSerializer, "It stands against what is there; the sentence says how to go on.")
}


class UnusableError(APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "unusable"


class ConflictError(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


@contextmanager
def told_in_http() -> Iterator[None]:
    """A curator's sentence goes out with the status that fits."""
    try:
        yield
    except AddressTakenError as error:
        raise ConflictError(str(error), "same_address") from None
    except NothingToCurateError as error:
        raise PermissionDenied(str(error), "no_collection") from None
    except CollectionInUseError as error:
        raise ConflictError(str(error), "in_use") from None
    except CollectionGoneError as error:
        raise ValidationError({"collection": [str(error)]}) from None
    except errors.TooLargeError as error:
        raise TooLargeError(str(error)) from None
    except errors.KnowledgeError as error:
        raise UnusableError(str(error)) from None
