"""Parts that can be tested without a running desktop."""

import io
import os
import threading
import zlib
from pathlib import Path

import pytest
from PIL import Image

from desktop_control.api.lane import Lane, LaneFullError
from desktop_control.display.keysyms import UnknownKeyError, keysym_of_character, parse_chords
from desktop_control.display.png import encode_png
from desktop_control.display.scaling import Scaling
from desktop_control.json_log import redact
from desktop_control.viewer.backoff import Backoff
from desktop_control.viewer.password import hash_password, verify_password
from desktop_control.viewer.sessions import LIFETIME_SECONDS, Sessions


@pytest.mark.parametrize("size", [(1, 1), (3, 7), (1024, 768)])
def test_png_is_the_picture(size: tuple[int, int]) -> None:
    image = Image.effect_noise(size, 90).convert("RGB")
    read = Image.open(io.BytesIO(encode_png(image)))
    read.load()
    assert read.tobytes() == image.tobytes()
    assert zlib.crc32(b"IEND") == 0xAE426082


@pytest.mark.parametrize(
    ("screen", "shot"),
    [
        ((1024, 768), (1024, 768)),
        ((1280, 800), (1280, 800)),
        ((2048, 1536), (1024, 768)),
        ((1920, 1200), (1280, 800)),
        ((1920, 1080), (1280, 720)),
        ((3440, 1440), (1366, 572)),
        ((1080, 1920), (450, 800)),
    ],
)
def test_screens_are_scaled_to_their_own_shape(screen: tuple[int, int], shot: tuple[int, int]) -> None:
    scaling = Scaling.for_screen(*screen)
    assert scaling.shot == shot
    assert scaling.to_screen(0, 0) == (0, 0)
    assert scaling.to_screen(shot[0] - 1, shot[1] - 1) == (screen[0] - 1, screen[1] - 1)
    for x in range(shot[0]):
        assert scaling.to_shot(*scaling.to_screen(x, 0)) == (x, 0)


def test_chords() -> None:
    assert parse_chords("ctrl+shift+t") == [[0xFFE3, 0xFFE1, ord("t")]]
    assert parse_chords("Return Down") == [[0xFF0D], [0xFF54]]
    assert parse_chords("ctrl++") == [[0xFFE3, ord("+")]]
    assert parse_chords("+") == [[ord("+")]]
    assert parse_chords("return") == parse_chords("ENTER") == [[0xFF0D]]


@pytest.mark.parametrize(
    "text", ["", " ", "ctrl+", "+a", "nokey", "ctrl+nokey", "a;b", "$(x)", "\x00", "Ünknown"]
)
def test_unknown_keys_are_refused(text: str) -> None:
    with pytest.raises(UnknownKeyError):
        parse_chords(text)


def test_every_printable_character_has_a_keysym() -> None:
    for code in [*range(0x20, 0x7F), *range(0xA0, 0xD800, 97), *range(0x10000, 0x30000, 4099)]:
        assert keysym_of_character(chr(code))
    for code in (0, 7, 0x1B, 0x7F, 0x85, 0xD800):
        with pytest.raises(UnknownKeyError):
            keysym_of_character(chr(code))


def test_queue_serves_in_order_and_refuses_requests_above_its_bound() -> None:
    lane, order, entered = Lane(3), list[int](), threading.Event()

    def work(number: int) -> None:
        with lane.turn():
            order.append(number)
            entered.set()
            release.wait()

    release = threading.Event()
    threads = []
    for number in range(3):
        thread = threading.Thread(target=work, args=(number,))
        thread.start()
        threads.append(thread)
        entered.wait()
        while lane.present < number + 1:
            release.wait(0.001)
    with pytest.raises(LaneFullError), lane.turn():
        raise AssertionError("there was no room")
    release.set()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2]


def test_log_shows_lengths_of_texts_only() -> None:
    shown = redact(
        {
            "action": "type",
            "text": "secret",
            "coordinate": [1, 2],
            "unknown": {"deep": "secret"},
            "none": None,
        }
    )
    assert shown == {"action": "type", "text": {"characters": 6}, "coordinate": [1, 2], "unknown": "…"}


def test_password_is_checked_whole() -> None:
    stored = hash_password("correct horse battery")
    assert verify_password("correct horse battery", stored)
    for wrong in ("correct", "correct horse batterY", "", "correct horse battery "):
        assert not verify_password(wrong, stored)
    assert "correct" not in stored
    assert stored != hash_password("correct horse battery"), "salted"


def test_backoff_doubles_for_a_source_and_forgives_success() -> None:
    now = [0.0]
    backoff = Backoff(lambda: now[0])
    waits = []
    for _ in range(9):
        backoff.failed("a")
        waits.append(backoff.seconds_to_wait("a"))
        now[0] += waits[-1]
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16]
    assert backoff.seconds_to_wait("b") == 0
    backoff.succeeded("a")
    assert backoff.seconds_to_wait("a") == 0


def test_backoff_bounds_guesses_from_all_sources_together() -> None:
    now = [0.0]
    backoff = Backoff(lambda: now[0])
    for number in range(30):
        backoff.failed(f"source {number}")
    assert backoff.seconds_to_wait("another") == 60
    now[0] = 61
    assert backoff.seconds_to_wait("another") == 0


def test_sessions_end_and_expire(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path)
    token, other = sessions.begin(), sessions.begin()
    assert sessions.is_open(token)
    assert token not in {path.name for path in tmp_path.iterdir()}, (
        "the folder does not hold the token itself"
    )
    sessions.end(token)
    assert not sessions.is_open(token)
    (file,) = tmp_path.iterdir()
    os.utime(file, (0, file.stat().st_mtime - LIFETIME_SECONDS))
    assert not sessions.is_open(other)
    sessions.begin()
    assert len(list(tmp_path.iterdir())) == 1, "expired ones are removed"
    assert not sessions.is_open(None)
    assert not sessions.is_open("")
