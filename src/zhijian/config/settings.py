"""Django settings of every mode; what differs comes from the environment (`config.environment`)."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF

from zhijian.config import environment

ZHIJIAN_MODE = environment.mode()
ZHIJIAN_DATA = environment.data_folder()
IS_PRODUCTION = ZHIJIAN_MODE == "production"

SECRET_KEY = environment.secret_key()
DEBUG = environment.flag("ZHIJIAN_DEBUG")
ZHIJIAN_BASE_URL = os.environ.get("ZHIJIAN_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ZHIJIAN_SANDBOX_URL = os.environ.get("ZHIJIAN_SANDBOX_URL", "http://127.0.0.1:8100")
# None: the sandbox's hub, which pings nobody outside.
ZHIJIAN_HUB_URL = os.environ.get("ZHIJIAN_HUB_URL", "") if IS_PRODUCTION else os.environ.get("ZHIJIAN_HUB_URL")
ZHIJIAN_FETCH_ALLOWED = environment.listed("ZHIJIAN_FETCH_ALLOWED")
ALLOWED_HOSTS = environment.listed("ZHIJIAN_ALLOWED_HOSTS") or ([] if IS_PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = environment.listed("ZHIJIAN_TRUSTED_ORIGINS")
ZHIJIAN_TRUSTED_PROXIES = environment.networks("ZHIJIAN_TRUSTED_PROXIES")
CSRF_FAILURE_VIEW = "zhijian.ui.views.csrf_failure"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "zhijian.workbench",  # before allauth, whose templates it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "procrastinate.contrib.django",
    "zhijian.ui",
    "zhijian.access",
    "zhijian.audit",
    "zhijian.organisations",
    "zhijian.files",
    "zhijian.review",
    "zhijian.notify",
    "zhijian.search",
    "zhijian.registry",
    "zhijian.impostors",
    "zhijian.census",
    "zhijian.vendors",
    "zhijian.resources",
    "zhijian.proof",
    "zhijian.channels",
    "zhijian.knowledge",
    "zhijian.duty",
    "zhijian.services",
    "zhijian.observation",
    "zhijian.content",
    "zhijian.inbox",
    "zhijian.publishing",
    "zhijian.reform",
    "zhijian.inspection",
    "zhijian.assessment",
    "zhijian.drives",
    "zhijian.lookback",
    "zhijian.portal",
    "zhijian.api",
    "zhijian.config",
]

MIDDLEWARE = [
    "zhijian.audit.request.GatewayMiddleware",  # before whoever asks for the address or the scheme
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "zhijian.audit.request.OriginMiddleware",
    "zhijian.workbench.identity.InitialPasswordMiddleware",
    "zhijian.workbench.identity.SecondFactorMiddleware",
    "zhijian.workbench.identity.SeparationMiddleware",
    "zhijian.ui.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "zhijian.config.urls"
WSGI_APPLICATION = "zhijian.config.wsgi.application"
FORM_RENDERER = "zhijian.ui.wording.Renderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhijian.ui.context.appearance",
                "zhijian.workbench.context.desk",
                "zhijian.portal.context.government",
            ],
            "builtins": ["zhijian.ui.templatetags.ui"],
        },
    }
]

DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "zhijian_cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = ZHIJIAN_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
FILES_FOLDER = ZHIJIAN_DATA / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

AUTH_USER_MODEL = "organisations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_ADAPTER = "zhijian.workbench.identity.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "zhijian.workbench.identity.SignInForm",
    "change_password": "zhijian.workbench.identity.OwnPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Five failures lock a name for thirty minutes (GB/T 22239-2019 §8.1.4.1 asks for a lock; the numbers are usual).
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/30m/key", "login": "60/m/ip"}
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "zhijian.workbench.identity.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "zhijian.workbench.identity.SecondStepForm",
    "reauthenticate": "zhijian.workbench.identity.SecondStepAgainForm",
    "activate_totp": "zhijian.workbench.identity.FirstCodeForm",
}
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
ZHIJIAN_SECOND_FACTOR = environment.second_factor(production=IS_PRODUCTION)
CSRF_FAILURE_VIEW = "zhijian.ui.views.csrf_failure"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
IS_HTTPS = ZHIJIAN_BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION or IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # GatewayMiddleware drops it from all but the gateway
SECURE_HSTS_SECONDS = int(os.environ.get("ZHIJIAN_HSTS_SECONDS", "31536000")) if IS_PRODUCTION and IS_HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The dotted name of a class that signs the register (`lib.signing.CryptoProvider`), "" for Ed25519.
ZHIJIAN_SIGNING_PROVIDER = os.environ.get("ZHIJIAN_SIGNING_PROVIDER", "")
# Private deployments of the office messengers (专有钉钉, 政务微信): the hosts a group bot's web hook may lie on.
ZHIJIAN_BOT_HOSTS = environment.listed("ZHIJIAN_BOT_HOSTS")
ZHIJIAN_STYLE_PAGE = environment.flag("ZHIJIAN_STYLE_PAGE")
ZHIJIAN_LIST_EXPORT_ROWS = int(os.environ.get("ZHIJIAN_LIST_EXPORT_ROWS", "200000"))
ZHIJIAN_CALENDARS = Path(os.environ["ZHIJIAN_CALENDARS"]) if "ZHIJIAN_CALENDARS" in os.environ else None
ZHIJIAN_PACKS = Path(os.environ["ZHIJIAN_PACKS"]) if "ZHIJIAN_PACKS" in os.environ else None
ZHIJIAN_FONTS = Path(os.environ["ZHIJIAN_FONTS"]) if "ZHIJIAN_FONTS" in os.environ else None

ZHIJIAN_TYPO_MODEL = os.environ.get("ZHIJIAN_TYPO_MODEL", "on") != "off"
# The plug-in that writes down what is said in recordings (`screening.recordings.Listener`), "" for none.
ZHIJIAN_LISTENER = os.environ.get("ZHIJIAN_LISTENER", "")
# How often one visitor may write (留言), counted from the rows themselves: no third party looks on.
ZHIJIAN_INBOX_LEAST_SECONDS = int(os.environ.get("ZHIJIAN_INBOX_LEAST_SECONDS", "3"))
ZHIJIAN_INBOX_PER_ADDRESS_HOUR = int(os.environ.get("ZHIJIAN_INBOX_PER_ADDRESS_HOUR", "30"))
ZHIJIAN_INBOX_PER_CONTACT_DAY = int(os.environ.get("ZHIJIAN_INBOX_PER_CONTACT_DAY", "10"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # The queue tells of every task it registers and every minute it looks; what matters it says as a warning.
    "loggers": {"procrastinate": {"level": "WARNING"}},
}
