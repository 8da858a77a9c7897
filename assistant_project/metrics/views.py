"""The door for Prometheus: closed, for who knows a token, or for networks of one's own."""

import ipaddress
import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from assistant_project.limits.addresses import UNKNOWN, client_address
from assistant_project.metrics import process
from assistant_project.metrics.stored import StoredFigures

STORED = CollectorRegistry()
STORED.register(StoredFigures())


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """All figures, in Prometheus's text format."""
    if settings.METRICS == "off" or (settings.METRICS == "networks" and not is_near(request)):
        raise Http404
    if settings.METRICS == "token" and not has_token(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    figures = generate_latest(process.REGISTRY) + generate_latest(STORED)
    return HttpResponse(figures, content_type=CONTENT_TYPE_LATEST)


def has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    return scheme.lower() == "bearer" and known


def is_near(request: HttpRequest) -> bool:
    """Whether the client's address, of IPv6 its network, lies within METRICS_NETWORKS."""
    address = client_address(request)
    if address == UNKNOWN:
        return False
    client = ipaddress.ip_network(address)
    return any(
        client.subnet_of(network)  # type: ignore[arg-type]
        for network in settings.METRICS_NETWORKS
        if network.version == client.version
    )
