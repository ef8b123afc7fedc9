"""The words that the columns of the models are restricted to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VoiceStatus(models.TextChoices):
    CHECKING = "checking", _("being checked")
    USABLE = "usable", _("usable")
    UNUSABLE = "unusable", _("unusable")


class ReadingMode(models.TextChoices):
    SPELLED = "spelled", _("trained on text as spelled")
    PRONOUNCED = "pronounced", _("trained on text as pronounced")


class RequestStatus(models.TextChoices):
    QUEUED = "queued", _("queued")
    PROCESSING = "processing", _("processing")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class AudioFormat(models.TextChoices):
    WAV = "wav", "WAV"
    MP3 = "mp3", "MP3"
    OPUS = "opus", "Opus"
    FLAC = "flac", "FLAC"


class Markup(models.TextChoices):
    NONE = "none", _("as people type it")
    SSML = "ssml", "SSML"


class Priority(models.IntegerChoices):
    INTERACTIVE = 0, _("somebody waits for it")
    BATCH = 1, _("when nobody waits")


class Purpose(models.TextChoices):
    FAN = "fan", _("a fan's")
    TRIAL = "trial", _("a word that a fan tries out")
    AUDITION = "audition", _("an audition")
    CHECK = "check", _("the check of a voice")
    SAMPLE = "sample", _("a sample that the service makes")


# Requests whose text a fan has written.
OF_FANS = (Purpose.FAN, Purpose.TRIAL)


class ReviewStatus(models.TextChoices):
    NOT_REQUIRED = "not_required", _("not needed")
    PENDING = "pending", _("to be reviewed")
    HELD = "held", _("held back")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class RejectionReason(models.TextChoices):
    HURTFUL = "hurtful", _("It hurts or harasses somebody")
    PRIVATE = "private", _("It tells something private")
    SEXUAL = "sexual", _("It is sexual")
    DECEPTIVE = "deceive", _("It deceives people")
    ADVERTISING = "advert", _("It advertises something, or leads elsewhere")
    OTHER = "other", _("Another reason")


class RuleKind(models.TextChoices):
    WORD = "word", _("word")
    NAME = "name", _("name")
    PATTERN = "pattern", _("pattern")


class RuleEffect(models.TextChoices):
    REJECT = "reject", _("reject")
    HOLD = "hold", _("hold back for review")
    MARK = "mark", _("only mark")
    ALLOW = "allow", _("allow")


class Pattern(models.TextChoices):
    RESIDENT_NUMBER = "resident_number", _("resident number")
    LIKE_RESIDENT_NUMBER = "like_resident_number", _("like a resident number")
    CARD = "card", _("card number")
    PHONE = "phone", _("phone number")
    ACCOUNT = "account", _("bank account")
    EMAIL = "email", _("e-mail address")
    URL = "url", _("link")


class Withdrawal(models.TextChoices):
    """Why sound that could be heard, or would have been, can't be heard any more."""

    REJECTED = "rejected", _("rejected")
    REVOKED = "revoked", _("the member's consent was revoked")
    EXPIRED = "expired", _("kept long enough")


class ConsentScope(models.TextChoices):
    ALL = "all", _("the page and the API")
    PAGE = "page", _("the page only")
    API = "api", _("API keys only")


class ConsentState(models.TextChoices):
    IN_FORCE = "in_force", _("in force")
    LATER = "later", _("begins later")
    OVER = "over", _("has ended")
    REVOKED = "revoked", _("revoked")
    NONE = "none", _("none on record")


class OwnerKind(models.TextChoices):
    API_KEY = "api_key", _("API key")
    LISTENER = "listener", _("listener")


class Scope(models.TextChoices):
    READ = "read", _("only read")
    WRITE = "write", _("ask for speech, cancel and delete")


class ProposalStatus(models.TextChoices):
    OPEN = "open", _("to be decided")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")


class ReportReason(models.TextChoices):
    HURTFUL = "hurtful", _("It hurts or harasses somebody")
    PRIVATE = "private", _("It tells something private")
    SEXUAL = "sexual", _("It is sexual")
    DECEPTIVE = "deceive", _("It deceives people")
    OTHER = "other", _("Another reason")


class MadeHere(models.TextChoices):
    """Whether this service made a sound, and how that is known."""

    SAME_SAMPLES = "same_samples", _("Yes: every sample is the same.")
    SAME_SOUND = "same_sound", _("Yes: it sounds the same, though the file was changed.")
    SAYS_SO = "says_so", _("The file says so, but we do not know this sound.")
    UNKNOWN = "unknown", _("We do not know this sound.")
