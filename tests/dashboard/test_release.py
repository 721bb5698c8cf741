"""What a page depends on is in the name of its release."""

import pytest

from dashboard import release


def test_another_framework_is_another_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page made ahead names the framework's scripts, and its policy their hashes."""
    before = release.code()
    monkeypatch.setattr(release, "FRAMEWORK", "dash 0")
    assert release.code.__wrapped__() != before
    monkeypatch.undo()
    assert release.code.__wrapped__() == before
