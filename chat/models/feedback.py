"""What a reader thinks of an answer."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.message import Message

COMMENT_LENGTH = 2_000


class Feedback(models.Model):
    class Rating(models.IntegerChoices):
        HELPFUL = 1, _("helpful")
        NOT_HELPFUL = -1, _("not helpful")

    message = models.OneToOneField(Message, models.CASCADE, related_name="feedback", verbose_name=_("answer"))
    rating = models.SmallIntegerField(_("rating"), choices=Rating)
    comment = models.TextField(_("comment"), max_length=COMMENT_LENGTH, blank=True)
    created_at = models.DateTimeField(_("given"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [
            models.CheckConstraint(condition=Q(rating__in=[1, -1]), name="chat_feedback_up_or_down")
        ]
        indexes = [models.Index(fields=["rating", "-message"], name="chat_feedback_by_rating")]

    def __str__(self) -> str:
        return self.get_rating_display()
