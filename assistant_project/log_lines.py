"""How a line of the logs is written: for people, or as JSON for programs. Settings name this, so it knows no models."""

import datetime
import json
import logging

from assistant_project import request_id
from assistant_project.accounts.link_log import without_tokens


class RequestIdFilter(logging.Filter):
    """Gives each record the id of the request that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.current.get() or "-"
        return True


class JSONLines(logging.Formatter):
    """One object a line. What a record carries as `fields` stands beside its message."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": without_tokens(record.getMessage()),
            "request_id": getattr(record, "request_id", "-"),
            "process": record.process,
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["exception"] = without_tokens(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False, default=str)
