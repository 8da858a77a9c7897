"""Programs that speak OpenAI's protocol, without a network."""

from rest_framework.test import APIClient

from assistant_project.accounts.models import ApiKey

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit. It saves energy."
QUESTION = "How hot should the water heater be set?"


def program_of(user, *scopes):
    """A client with a key of this user: `key` is its text."""
    _key, text = ApiKey.objects.issue(user, name="program", scopes=scopes or ["ask"])
    client = APIClient(headers={"Authorization": f"Bearer {text}"})
    client.key, client.user = text, user
    return client


def said(*messages):
    """Messages from pairs (role, content)."""
    return [{"role": role, "content": content} for role, content in messages]


def complete(client, *messages, **parameters):
    """The response to a question, QUESTION if there is none."""
    asked = said(*(messages or [("user", QUESTION)]))
    return client.post("/v1/chat/completions", {"model": "default", "messages": asked} | parameters)


def error_of(response):
    return response.json()["error"]
