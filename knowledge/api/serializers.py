"""What the knowledge endpoints take and give."""

from rest_framework import serializers


class QuerySerializer(serializers.Serializer):
    query = serializers.CharField(max_length=4_000)
    limit = serializers.IntegerField(default=8, min_value=1, max_value=50)
    collections = serializers.ListField(
        child=serializers.SlugField(), required=False, help_text="Short names; all readable ones if left out."
    )


class PassageSerializer(serializers.Serializer):
    """A passage as found. Scores are not told: they would help to probe what one may not read."""

    source_id = serializers.IntegerField()
    title = serializers.CharField()
    heading = serializers.CharField()
    page = serializers.IntegerField(allow_null=True)
    last_page = serializers.IntegerField(allow_null=True)
    url = serializers.CharField()
    text = serializers.CharField()
    read_at = serializers.DateTimeField(allow_null=True)
