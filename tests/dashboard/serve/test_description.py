"""The description of the API is a true one: requests made from it, sound and not, get the answers it promises."""

import os
from collections.abc import Iterable
from typing import Any

import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

EXAMPLES = int(os.environ.get("HEMICYCLE_API_EXAMPLES", "0"))  # `make soak` asks every address as often as this
FEW = r"electorates|elections|\{election\}$|tonight/seats|\{ending\}"


def test_what_is_described_is_what_is_answered(client: FlaskClient) -> None:
    def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ.pop("HTTP_ACCEPT_ENCODING", None)  # the tester does not unpack Brotli
        return client.application(environ, start)

    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    schema.config.checks.negative_data_rejection.expected_statuses = ["400", "404", "405", "414"]
    operations = (schema if EXAMPLES else schema.include(path_regex=FEW)).get_all_operations()
    described = [operation.ok() for operation in operations]
    assert len(described) >= 5
    for operation in described:
        _try(operation, GenerationMode.POSITIVE)
        if "{" in operation.path:
            _try(operation, GenerationMode.NEGATIVE)


def _try(operation: Any, mode: GenerationMode) -> None:
    @settings(max_examples=EXAMPLES or 3, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=mode), is_real=st.booleans())
    def answers(case: Any, is_real: bool) -> None:
        if is_real and mode is GenerationMode.POSITIVE and "election" in case.path_parameters:
            case.path_parameters["election"] = "test-1"  # else hardly a request would go past the first check
            case.query.pop("edition", None)
            case.query.pop("as_of", None)
            case.query.pop("lang", None)
        case.call_and_validate()

    answers()
