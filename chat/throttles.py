"""How often one person may ask, whatever the door."""

from rest_framework.throttling import AnonRateThrottle, UserRateThrottle


class AnonymousQuestionThrottle(AnonRateThrottle):
    scope = "anonymous_question"


class QuestionThrottle(UserRateThrottle):
    scope = "question"
