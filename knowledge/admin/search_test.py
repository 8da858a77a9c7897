"""The search test: what a question finds, and why, with the live assistant's own search and floor."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from knowledge import embeddings, retrieval
from knowledge.admin.highlight import highlighted
from knowledge.models import Collection, Source
from knowledge.models.collection import CURATE_ALL
from knowledge.models.viewers import viewer_choices, viewer_named
from knowledge.retrieval.ranking import COSINE_SCALE

PASSAGES = 10
QUESTION_LENGTH = 1_000


class SearchTestForm(forms.Form):
    question = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=QUESTION_LENGTH,
        widget=UnfoldAdminTextInputWidget(
            attrs={"placeholder": gettext_lazy("As a reader would ask it"), "class": "k-wide"}
        ),
    )
    viewer = forms.ChoiceField(
        label=gettext_lazy("Asked by"), required=False, widget=UnfoldAdminSelectWidget()
    )
    collections = forms.ModelMultipleChoiceField(
        Collection.objects.none(),
        label=gettext_lazy("Only in"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget(),
    )

    class Media:
        css: ClassVar = {"all": ["chat/admin.css"]}
        js = (forms.Script("chat/trial.js", type="module"),)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["viewer"].choices = viewer_choices(user)  # type: ignore[attr-defined]
        self.fields["collections"].queryset = Collection.objects.visible_to(user)  # type: ignore[attr-defined]

    @property
    def asker(self) -> Any:
        """Whom retrieval is told that asks."""
        return viewer_named(self.cleaned_data["viewer"], self.user)


@dataclass(frozen=True)
class Found:
    """A passage as the page shows it: its score as the sum of what words and meaning brought in."""

    passage: retrieval.Passage
    text: SafeString
    terms: int
    """How many stems the question has."""
    vector_share: float
    floor: float

    @property
    def by_meaning(self) -> float:
        if self.passage.cosine is None:
            return 0.0
        return self.vector_share * COSINE_SCALE * self.passage.cosine

    @property
    def by_words(self) -> float:
        return self.passage.score - self.by_meaning

    @property
    def bars(self) -> dict[str, int]:
        """Widths in percent of a bar that ends at a score of 1, words first."""
        words = min(max(round(100 * self.by_words), 0), 100)
        return {"words": words, "meaning": min(max(round(100 * self.by_meaning), 0), 100 - words)}

    @property
    def passes(self) -> bool:
        return self.passage.score >= self.floor

    @cached_property
    def reason(self) -> str:
        """Why it was found, as a sentence."""
        counts = {"matched": len(self.passage.matched), "terms": self.terms}
        if not counts["matched"]:
            return _("It holds none of the question's words: its meaning alone brought it here.")
        if self.passage.cosine is None:
            return (
                _(
                    "It holds %(matched)s of the question's %(terms)s words. It was embedded with another model, "
                    "so its meaning does not count."
                )
                % counts
            )
        if self.by_words >= self.by_meaning:
            return (
                _("It holds %(matched)s of the question's %(terms)s words; they count more than its meaning.")
                % counts
            )
        return (
            _("It holds %(matched)s of the question's %(terms)s words; its meaning counts more than they.")
            % counts
        )


@dataclass(frozen=True)
class Verdict:
    """What came of a question."""

    search: retrieval.Search
    found: list[Found]
    unreadable: list[Collection]
    """Chosen collections that the asker may not read."""
    hidden: int
    """How many collections the asker may read and the curator may not: they are left out."""
    openable: set[int]
    """Sources that the curator may open."""
    tells_weights: bool
    """Whether the curator cares for everything: the weight of a word tells whether it stands in any source."""

    @property
    def terms(self) -> list[tuple[str, str]]:
        """The stems that were searched: rarest first with their weights, or by the alphabet without."""
        weights = self.search.term_weights
        if not self.tells_weights:
            return [(stem, "") for stem in sorted(weights)]
        by_weight = sorted(weights.items(), key=lambda term: -term[1])
        return [(stem, f"{weight:.1f}") for stem, weight in by_weight]

    @property
    def best(self) -> float:
        return self.found[0].passage.score if self.found else 0.0

    @property
    def floor_percent(self) -> int:
        return round(100 * self.search.floor)


def run(question: str, asker: Any, collections: list[Collection], *, curator: Any) -> Verdict:
    """Search as the assistant does, in what the curator may read as well, and explain each passage."""
    readable = Collection.objects.visible_to(asker)
    shown = Collection.objects.visible_to(curator)
    search = retrieval.search(question, user=asker, limit=PASSAGES, collections=collections or shown)
    found_in = Source.objects.filter(pk__in={passage.source_id for passage in search.passages})
    curated = found_in.filter(collection__in=Collection.objects.curated_by(curator))
    return Verdict(
        search,
        explained(search),
        unreadable=[collection for collection in collections if collection not in set(readable)],
        hidden=0 if collections else readable.exclude(pk__in=shown).count(),
        openable=set(curated.values_list("pk", flat=True)),
        tells_weights=curator.has_perm(CURATE_ALL),
    )


def explained(search: retrieval.Search) -> list[Found]:
    share = embeddings.embedder_in_force().vector_share
    texts = highlighted(
        [(passage.source_id, passage.text) for passage in search.passages], list(search.term_weights)
    )
    return [
        Found(passage, text, len(search.term_weights), share, search.floor)
        for passage, text in zip(search.passages, texts, strict=True)
    ]


def search_test(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The page. A question is asked by GET: it changes nothing, and its address can be kept."""
    mine = Source.objects.filter(collection__in=Collection.objects.curated_by(request.user))
    source = mine.filter(pk=request.GET["source"]).first() if _is_id(request.GET.get("source")) else None
    asked = "question" in request.GET
    initial = {"collections": [source.collection_id]} if source else {}
    form = SearchTestForm(request.GET if asked else None, initial=initial, user=request.user)
    verdict = None
    if form.is_valid():
        given = form.cleaned_data
        verdict = run(given["question"], form.asker, list(given["collections"]), curator=request.user)
    request.current_app = site.name
    context = {
        **site.each_context(request),
        "title": _("Search test"),
        "form": form,
        "source": source,
        "verdict": verdict,
        "media": form.media,
        "is_empty": not Source.objects.answering().exists(),
    }
    return TemplateResponse(request, "knowledge/admin/search_test.html", context)


def _is_id(value: str | None) -> bool:
    return value is not None and value.isdecimal()
