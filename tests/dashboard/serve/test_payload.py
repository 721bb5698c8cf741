"""What is sent is in the encoding it says."""

import gzip

import brotli
import pytest

from dashboard.serve.payload import Payload


@pytest.mark.parametrize("accepted", ["br", "gzip", "gzip, br", "", "identity"])
def test_the_body_is_in_the_encoding_that_is_said(accepted: str) -> None:
    body, encoding = Payload.of(b"seats", "text/plain").encoded(accepted)
    assert {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding](body) == b"seats"


def test_a11_nothing_is_sent_as_brotli_that_was_not_packed_so() -> None:
    """Where there is none it is nothing: plain bytes under that name are what no browser can read."""
    damaged = Payload.packed(gzip.compress(b"seats"), b"", "text/plain")
    assert damaged.encoded("br") == (b"", "br")
