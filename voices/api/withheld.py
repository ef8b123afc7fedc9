"""What clients are told of a request whose sound may not be heard, still or any more."""

from django.utils.translation import gettext as _

from voices.api.errors import REJECTIONS, NotInThisState, failure_message
from voices.choices import Withdrawal
from voices.models import VoiceRequest


def withheld_message(request: VoiceRequest) -> str:
    """Return what the fan is told of a request whose sound is withheld; "" if it is not."""
    if request.withheld == Withdrawal.REJECTED and request.review_reason in REJECTIONS:
        return str(REJECTIONS[request.review_reason])
    return failure_message(request.withheld) if request.withheld else ""


def refuse_unheard(request: VoiceRequest) -> None:
    """Raise :class:`NotInThisState` for a request that has no audio, or none that may be heard."""
    if not request.is_audible:
        raise NotInThisState(withheld_message(request) or _("There is no audio yet."), request.withheld or "not_ready")
