"""Is the process alive, and is the installation ready to answer?"""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from knowledge import tasks


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """This process answers. Touches nothing else, so that a slow database does not get it killed."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 with the reasons if the database or the workers do not work."""
    problems = _problems()
    return JsonResponse(
        {"status": "unready" if problems else "ok", "problems": problems}, status=503 if problems else 200
    )


def _problems() -> list[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        alive = tasks.is_worker_alive(timezone.now())
    except DatabaseError:
        return ["The database does not answer."]
    return [] if alive else ["No worker has given a sign of life lately: new sources are not read."]
