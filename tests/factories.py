"""Rows that tests name. Nothing is made that a test does not ask for."""

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from knowledge import tasks
from knowledge.models import Collection, Job, Source


class UserFactory(factory.django.DjangoModelFactory):
    """Somebody who may come in; `verified=False` for who has yet to open the link."""

    class Meta:
        model = get_user_model()

    class Params:
        verified = True

    email = factory.Sequence(lambda n: f"reader{n}@example.com")
    email_verified_at = factory.LazyAttribute(lambda user: timezone.now() if user.verified else None)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class GroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"group {n}")


class CollectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Collection
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Collection {n}")
    slug = factory.Sequence(lambda n: f"collection-{n}")

    @factory.post_generation
    def groups(self, create, extracted, **kwargs):
        if extracted:
            self.groups.set(extracted)


class TextSourceFactory(factory.django.DjangoModelFactory):
    """A pasted text that waits to be read."""

    class Meta:
        model = Source

    collection = factory.SubFactory(CollectionFactory)
    kind = Source.Kind.TEXT
    title = factory.Sequence(lambda n: f"Text {n}")
    text = "Set the water heater to 120 degrees Fahrenheit to save energy."


def read(source: Source, **job) -> Job:
    """Have a source read by the worker's own code, here and now."""
    pk = Job.objects.create(source=source, **job).pk
    tasks.read(pk)
    source.refresh_from_db()
    return Job.objects.get(pk=pk)


def ready_text(text: str = TextSourceFactory.text, **source) -> Source:
    """A text that has been read and answers."""
    made = TextSourceFactory(text=text, **source)
    job = read(made)
    assert job.state == Job.State.DONE, job.error
    return made
