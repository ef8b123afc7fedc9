"""The API keeps what its own OpenAPI schema promises, whatever is sent to it."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case

from forv.wsgi import application
from voices.models import Member

schema = schemathesis.openapi.from_wsgi("/api/schema/", application)


@pytest.fixture
def no_wait(settings: Any) -> None:
    """Let answers that wait for audio come at once: no worker runs here."""
    settings.MAX_WAIT_SECONDS = 0


@schema.parametrize()
@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.django_db(transaction=True)
def test_every_answer_is_one_that_the_schema_names(case: "Case[Any]", member: Member, no_wait: None) -> None:
    # A schema can't say which members exist, or which texts can be spoken.
    case.call_and_validate(excluded_checks=[schemathesis.checks.positive_data_acceptance])
