"""The installation's key: made once, its owner's alone, and nobody else's signature passes for it."""

from pathlib import Path

import pytest

from lms.foundation.errors import Invalid
from lms.foundation.signing import Keys, is_signed
from lms.operations.doctor import _key
from lms.settings import Settings

pytestmark = pytest.mark.no_database


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    first = keys.own()
    assert Keys(tmp_path).own() == first
    assert keys.path.stat().st_mode & 0o777 == 0o600
    assert keys.path.parent.stat().st_mode & 0o777 == 0o700
    assert [one.name for one in keys.path.parent.iterdir()] == ["key.pem"], "no half-written key is left"


def test_a_signature_holds_for_these_bytes_and_this_key(tmp_path: Path) -> None:
    ours, theirs = Keys(tmp_path / "ours"), Keys(tmp_path / "theirs")
    signature = ours.sign(b"a fact")
    assert is_signed(ours.own(), signature, b"a fact")
    assert not is_signed(ours.own(), signature, b"a fact.")
    assert not is_signed(theirs.own(), signature, b"a fact")
    for bad in ("", "no base64!", signature[:-4], "A" * 88):
        assert not is_signed(ours.own(), bad, b"a fact")
    assert ours.find(theirs.own().id) is None
    assert ours.trust("Maya", theirs.own().text).name == "Maya"
    assert ours.find(theirs.own().id) == ours.trusted()[0]
    for bad in ("", "abc", theirs.own().text[:-2]):
        with pytest.raises(Invalid):
            ours.trust("Maya", bad)


def test_the_doctor_sees_a_key_that_others_can_read_and_one_that_is_spoilt(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database="", secret_key="", secure_cookies=True)
    assert _key(settings).well, "there need be none yet"
    keys = Keys(tmp_path)
    keys.own()
    assert keys.own().id in _key(settings).sentence
    keys.path.chmod(0o644)
    assert not _key(settings).well
    keys.path.chmod(0o600)
    keys.path.write_text("torn")
    assert not _key(settings).well
    assert "Restore it" in _key(settings).sentence
