"""How often one person may ask."""

from rest_framework.throttling import AnonRateThrottle, UserRateThrottle


class AnonymousQuestionThrottle(AnonRateThrottle):
    scope = "anonymous_question"


class QuestionThrottle(UserRateThrottle):
    scope = "question"
