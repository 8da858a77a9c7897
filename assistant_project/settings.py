"""All settings. Each is read here from the environment and nowhere else; `.env.example` explains them."""

import datetime
import os
import secrets
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

from assistant_project import postgres
from assistant_project.admin import look
from assistant_project.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = os.environ.get("ENV_FILE", "")
env = Environment(BASE_DIR / (ENV_FILE or ".env"), is_named=bool(ENV_FILE))

DEBUG = env.flag("DEBUG", True)
IS_WORKER = "qcluster" in sys.argv
DATA_DIR = env.folder("DATA_DIR", "var", base=BASE_DIR)


def secret_key() -> str:
    """From SECRET_KEY; for development made once and kept in DATA_DIR."""
    key = env.text("SECRET_KEY")
    if key:
        if len(key) < 32:
            raise ImproperlyConfigured("SECRET_KEY is shorter than 32 characters. Use a long random one.")
        return key
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing. Set it to at least 50 random characters, for example from "
            '`python -c "import secrets; print(secrets.token_urlsafe(50))"`, and keep it: '
            "it signs sessions and jobs."
        )
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        draft = DATA_DIR / f"secret_key.{os.getpid()}"
        with open(draft, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # whoever comes second takes the first one's, and finds it complete
            os.link(draft, kept)
        draft.unlink()
    return kept.read_text()


SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver" if DEBUG else "")
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is missing. Name the hosts that serve this site, for example assistant.example.org."
    )
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "assistant_project.admin.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "servestatic",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "django_q",
    "assistant_project",
    "assistant_project.accounts",
    "assistant_project.limits",
    "knowledge",
    "chat",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "assistant_project.urls"
ASGI_APPLICATION = "assistant_project.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- database -----------------------------------------------------------------------------------------------

EMBEDDED_POSTGRES = not env.text("DATABASE_URL")
DATABASE_POOL_SIZE = env.integer("DATABASE_POOL_SIZE", 10, at_least=1, at_most=500)


def connected(database: dict[str, Any], *, patience: float) -> dict[str, Any]:
    """A database as web and worker connect to it. patience: seconds that a request waits for a connection."""
    database |= {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": True}
    if IS_WORKER:  # django-q2 forks: a pool would cross the fork, and a connection for each poll is wasteful
        return database | {"CONN_MAX_AGE": 600}
    pool = {"min_size": 1, "max_size": DATABASE_POOL_SIZE, "timeout": patience}
    return database | {"CONN_MAX_AGE": 0, "OPTIONS": database.get("OPTIONS", {}) | {"pool": pool}}


DATABASE = connected(env.database("DATABASE_URL") or postgres.database_settings(DATA_DIR), patience=10)
DATABASES = {"default": DATABASE}
if REPLICA := env.database("REPLICA_URL"):
    DATABASES["replica"] = connected(REPLICA, patience=2)
DATABASE_ROUTERS = ["assistant_project.routers.RetrievalRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["assistant_project.accounts.backends.EmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ADMIN_EMAIL = env.email("ADMIN_EMAIL", "admin@example.com")
LOGIN_URL = reverse_lazy("accounts:sign-in")
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3_600
SIGN_UP = env.choice("SIGN_UP", "open", ("open", "closed"))
SIGN_UP_DOMAINS = env.names("SIGN_UP_DOMAINS")
SITE_URL = env.address("SITE_URL").rstrip("/") or "http://127.0.0.1:8000"
ANONYMOUS_MAY_ASK = env.flag("ANONYMOUS_MAY_ASK", True)
NUM_PROXIES = env.integer("NUM_PROXIES", 0, at_least=0, at_most=10)
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": datetime.timedelta(
        minutes=env.integer("ACCESS_TOKEN_MINUTES", 10, at_least=1, at_most=60)
    ),
    "REFRESH_TOKEN_LIFETIME": datetime.timedelta(
        days=env.integer("REFRESH_TOKEN_DAYS", 14, at_least=1, at_most=365)
    ),
}

# --- e-mail -------------------------------------------------------------------------------------------------

EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, at_least=1, at_most=65_535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_SECURITY = env.choice("EMAIL_SECURITY", "starttls", ("starttls", "tls", "none"))
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 20
mails_go_by = env.choice("EMAIL_BACKEND", "smtp" if EMAIL_HOST else "console", ("console", "file", "smtp"))
if mails_go_by == "smtp" and not EMAIL_HOST:
    raise ImproperlyConfigured("EMAIL_HOST is missing. Name the server that takes mails.")
EMAIL_BACKEND = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
}[mails_go_by]
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.email("EMAIL_FROM", "assistant@example.com")

# --- limits, counted in the database (docs/operations.md explains the figures) -------------------------------

RATES = {
    "anonymous_question": env.rate("ANONYMOUS_QUESTION_RATE", "20/min"),
    "question": env.rate("QUESTION_RATE", "60/min"),
    "address_question": env.rate("ADDRESS_QUESTION_RATE", "300/min"),
    "request": env.rate("REQUEST_RATE", "600/min"),
    "sign_up": env.rate("SIGN_UP_RATE", "10/hour"),
}
TOKENS_PER_DAY = env.integer("TOKENS_PER_DAY", 10_000_000, at_least=0, at_most=10**12)
TOKENS_PER_DAY_PER_USER = env.integer("TOKENS_PER_DAY_PER_USER", 500_000, at_least=0, at_most=10**12)
ANSWERS_AT_ONCE = env.integer("ANSWERS_AT_ONCE", 2, at_least=1, at_most=1_000)
RETENTION_DAYS = env.integer("RETENTION_DAYS", 30, at_least=0, at_most=36_500)

# --- language and time --------------------------------------------------------------------------------------

LANGUAGE_CODE = env.choice("SITE_LANGUAGE", "en", ("en", "de"))
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "assistant_project" / "locale"]
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
USE_TZ = True

# --- files --------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
MEDIA_ROOT = DATA_DIR / "originals"
SERVESTATIC_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "servestatic.storage.CompressedStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024  # a pasted text; files are counted apart
FILE_UPLOAD_PERMISSIONS = 0o600

# --- headers ------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEBUG
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # asked for inside, of each process itself
SECURE_HSTS_SECONDS = env.integer(
    "SECURE_HSTS_SECONDS", 0 if DEBUG else 31_536_000, at_least=0, at_most=10**9
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
if NUM_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- the admin's look ---------------------------------------------------------------------------------------

UNFOLD = look.UNFOLD

# --- REST ---------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "assistant_project.accounts.authentication.BearerAuthentication",
        "assistant_project.accounts.authentication.PageAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["assistant_project.accounts.permissions.SignedIn"],
    "DEFAULT_THROTTLE_CLASSES": ["assistant_project.limits.throttles.RequestThrottle"],
    "DEFAULT_SCHEMA_CLASS": "assistant_project.schema.OperationSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["assistant_project.rest.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "assistant_project.rest.JSONAlways",
    "EXCEPTION_HANDLER": "assistant_project.errors.as_json",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Knowledge assistant",
    "DESCRIPTION": "Answers from curated sources only, with the page that each statement comes from.",
    "VERSION": "1.0.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["assistant_project.accounts.permissions.Anyone"],
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "MessageKind": "chat.models.Message.Kind",
        "SourceKind": "knowledge.models.Source.Kind",
    },
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "displayRequestDuration": True, "tryItOutEnabled": True},
    "TAGS": [
        {"name": "accounts", "description": "Signing up, logging in, passwords, the e-mail address."},
        {
            "name": "me",
            "description": "The account of whoever asks, with everything that is stored about it.",
        },
        {"name": "conversations", "description": "Questions, answers and what belongs to them."},
        {"name": "cache", "description": "Answers that are given again."},
        {"name": "knowledge", "description": "Passages, without an answer."},
        {"name": "sources", "description": "What the assistant may quote."},
        {"name": "collections", "description": "Sets of sources, and who may read them."},
    ],
}
CORS_ALLOWED_ORIGINS = env.names("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_HEADERS = (
    *("accept", "authorization", "content-type", "idempotency-key", "x-api-key", "x-request-id"),
    # by which OpenAI's client for browsers tells of itself:
    *("openai-organization", "openai-project", "user-agent", "x-stainless-arch", "x-stainless-helper-method"),
    *("x-stainless-lang", "x-stainless-os", "x-stainless-package-version", "x-stainless-retry-count"),
    *("x-stainless-runtime", "x-stainless-runtime-version", "x-stainless-timeout"),
)
CORS_EXPOSE_HEADERS = (
    "idempotent-replayed",
    "retry-after",
    "x-message-id",
    "x-request-id",
    "x-session-id",
    "x-should-retry",
)
CORS_URLS_REGEX = r"^/(api|v1)/"

# --- background work (docs/operations.md explains the figures) ----------------------------------------------

WORKER_NAME = env.text("WORKER_NAME", socket.gethostname())
WORKERS = env.integer("WORKERS", 2, at_least=2, at_most=64)
JOB_TIMEOUT = env.integer("JOB_TIMEOUT", 900, at_least=60, at_most=86_400)
WORKER_SILENCE_SECONDS = env.integer("WORKER_SILENCE_SECONDS", 180, at_least=90, at_most=3_600)
JOB_LEASE = env.integer("JOB_LEASE", 120, at_least=5, at_most=3_600)
EVERY_MINUTE = {
    "tend": "knowledge.tasks.tend",
    "tend conversations": "chat.upkeep.tend",
}
EVERY_DAY = {
    "forget old conversations": "chat.retention.forget_old",
    "forget ended log-ins": "assistant_project.accounts.upkeep.tend",
    "forget ended tallies": "assistant_project.limits.upkeep.tend",
}
Q_CLUSTER = {
    "name": "assistant",
    "orm": "default",
    "broker_class": "knowledge.tasks.queue.CountingBroker",
    "workers": WORKERS,
    "timeout": JOB_TIMEOUT,
    "retry": 3 * (JOB_TIMEOUT + 10),
    "max_attempts": 3,
    "ack_failures": True,
    "queue_limit": 1,
    "bulk": 1,
    "poll": 0.5,
    "catch_up": False,
    "save_limit": 200,
    "guard_cycle": 1,
    "recycle": 500,
}

# --- reading sources ----------------------------------------------------------------------------------------

FETCH_ALLOWED_NETWORKS = env.names("FETCH_ALLOWED_NETWORKS")
FETCH_ALLOWED_PORTS = env.ports("FETCH_ALLOWED_PORTS", "80,443")
FETCH_IGNORE_ROBOTS_FOR = env.names("FETCH_IGNORE_ROBOTS_FOR")
FETCH_CA_BUNDLE = env.text("FETCH_CA_BUNDLE")

# --- tools of other servers ---------------------------------------------------------------------------------

TOOL_ALLOWED_NETWORKS = env.networks("TOOL_ALLOWED_NETWORKS")
TOOL_ALLOWED_PORTS = env.ports("TOOL_ALLOWED_PORTS", "80,443")
TOOLS_SECONDS = env.number("TOOLS_SECONDS", 30, at_least=1, at_most=300)

# --- models -------------------------------------------------------------------------------------------------

OPENAI_API_KEY = env.text("OPENAI_API_KEY")
OPENAI_BASE_URL = env.address("OPENAI_BASE_URL")
EMBEDDING_MODEL = env.text("EMBEDDING_MODEL")
EMBEDDINGS_CLASS = env.dotted_path("EMBEDDINGS_CLASS")
EMBEDDINGS_OPTIONS = env.mapping("EMBEDDINGS_OPTIONS")
CHAT_MODEL = env.text("CHAT_MODEL")
CHAT_MODEL_CLASS = env.dotted_path("CHAT_MODEL_CLASS")
CHAT_MODEL_OPTIONS = env.mapping("CHAT_MODEL_OPTIONS")
VISION_MODEL = env.text("VISION_MODEL")
MODEL_PRICES = env.prices("MODEL_PRICES")
CURRENCY = env.text("CURRENCY", "USD")
CHAT_FIRST_TOKEN_SECONDS = env.number("CHAT_FIRST_TOKEN_SECONDS", 30, at_least=0.1, at_most=600)
CHAT_IDLE_SECONDS = env.number("CHAT_IDLE_SECONDS", 60, at_least=0.1, at_most=600)
CHAT_WHOLE_SECONDS = env.number("CHAT_WHOLE_SECONDS", 600, at_least=1, at_most=3_600)
RETRIEVAL_FLOOR = env.number("RETRIEVAL_FLOOR", 0.42, at_least=0, at_most=1)
RETRIEVAL_EXACT_SCAN_ROWS = env.integer("RETRIEVAL_EXACT_SCAN_ROWS", 50_000, at_least=0, at_most=10**7)
RETRIEVAL_VECTOR_SHARE = env.share("RETRIEVAL_VECTOR_SHARE")

# --- answers that are given again (docs/operations.md explains the figures) ----------------------------------

CACHE_MODE = env.choice("CACHE_MODE", "similar", ("off", "exact", "similar"))
CACHE_HOURS = env.integer("CACHE_HOURS", 168, at_least=1, at_most=8_760)
CACHE_HOURS_REFRESHED = env.integer("CACHE_HOURS_REFRESHED", 24, at_least=1, at_most=8_760)
CACHE_ENTRIES = env.integer("CACHE_ENTRIES", 20_000, at_least=1, at_most=10**7)
CACHE_AUDIT_SHARE = env.number("CACHE_AUDIT_SHARE", 0.05, at_least=0, at_most=1)
VERIFIED_WHEN_DUE = env.choice("VERIFIED_WHEN_DUE", "serve", ("serve", "withdraw"))

# --- what follows a change of sources in parts that do not belong to them ------------------------------------

WHEN_CHUNKS_SPEAK = ["chat.cache.freshness.note_new_material"]
WHEN_SOURCES_GO = ["chat.cache.removal.forget_sources"]

# --- what an operator watches -------------------------------------------------------------------------------

METRICS = env.choice("METRICS", "off", ("off", "token", "networks"))
METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_NETWORKS = env.networks("METRICS_NETWORKS")
if METRICS == "token" and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN is missing or short. Use at least 20 random characters.")
if METRICS == "networks" and not METRICS_NETWORKS:
    raise ImproperlyConfigured("METRICS_NETWORKS is missing. Name the networks, for example 10.20.0.0/16.")

# --- logs: ids, sizes and times, never texts ----------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "class": "assistant_project.accounts.link_log.WithoutTokens",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        },
        "json": {"class": "assistant_project.log_lines.JSONLines"},
    },
    "filters": {"request_id": {"()": "assistant_project.log_lines.RequestIdFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": env.choice("LOG_FORMAT", "text", ("text", "json")),
        }
    },
    "loggers": {
        "assistant_project.metrics.process": {
            "level": "INFO" if env.flag("LOG_REQUESTS", False) else "WARNING"
        },
        "django-q": {"level": "WARNING"},  # it tells of every message otherwise
        "mcp": {"level": "WARNING"},  # likewise of every request
        "mcp.client": {"level": "CRITICAL"},  # it repeats what servers of tools say
        "httpx2": {"level": "WARNING"},  # addresses of servers, and what they call their states
        "httpcore2": {"level": "WARNING"},  # headers of theirs
        "django": {"handlers": [], "propagate": True},  # instead of Django's own handlers, which tell all
        "django.server": {"handlers": [], "propagate": True},
        "uvicorn": {"handlers": [], "propagate": True},
        "uvicorn.access": {"handlers": [], "propagate": False},  # it tells whole addresses; see LOG_REQUESTS
    },
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
}

MISSPELT = env.misspelt()
"""Names that ENV_FILE holds and no setting has, and the settings that they resemble."""
