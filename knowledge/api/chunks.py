"""REST: what was read from a source, as answers quote it."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from assistant_project.rest import Pages
from knowledge.api.refusals import BAD_CURSOR
from knowledge.api.serializers import ChunkSerializer
from knowledge.api.sources import SourceView
from knowledge.models import Chunk


class ChunkPages(Pages):
    ordering = "ordinal"


class ChunksView(SourceView):
    key_scopes = {"GET": "read"}
    pagination_class = ChunkPages

    @extend_schema(
        summary="Read the chunks of a source",
        description="In reading order; of the reading that is live.",
        tags=["sources"],
        responses={200: ChunkSerializer(many=True)} | BAD_CURSOR,
    )
    def get(self, request: Request, pk: int) -> Response:
        source = self.get_object()
        chunks = Chunk.objects.filter(revision=source.live_revision_id).defer("search", "bm25", "embedding")
        page = self.paginate_queryset(chunks)
        return self.get_paginated_response(ChunkSerializer(page, many=True, context={"source": source}).data)
