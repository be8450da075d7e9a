"""The filter for a VNC client's messages."""

import struct

import pytest

from desktop_control.viewer.rfb import VERSION, ClientStream, ProtocolError

HANDSHAKE = VERSION + b"\x01\x00"
KEY = b"\x04\x01\0\0\0\0\0a"
POINTER = b"\x05\x00\0\x0a\0\x14"
UPDATE_REQUEST = b"\x03\x01\0\0\0\0\x04\0\x03\0"
CUT_TEXT = b"\x06\0\0\0\0\0\0\x02hi"
QEMU_KEY = b"\xff\0\0\x01\0\0\0a\0\0\0\x1e"


def connected(view_only: bool = False) -> ClientStream:
    """A stream whose handshake is done."""
    stream = ClientStream(view_only)
    passed, acted = stream.feed(HANDSHAKE)
    assert passed == VERSION + b"\x01\x01", "the session is always shared"
    assert not acted
    return stream


@pytest.mark.parametrize("message", [KEY, POINTER, UPDATE_REQUEST, CUT_TEXT, QEMU_KEY])
def test_control_mode_passes_everything_in_any_pieces(message: bytes) -> None:
    stream = connected()
    assert b"".join(stream.feed(bytes([byte]))[0] for byte in message + message) == message + message


@pytest.mark.parametrize("message", [KEY, POINTER, CUT_TEXT, QEMU_KEY])
def test_view_only_drops_input_and_pauses_nothing(message: bytes) -> None:
    assert connected(view_only=True).feed(message + UPDATE_REQUEST) == (UPDATE_REQUEST, False)


def test_keys_and_pointer_changes_count_as_a_persons_input() -> None:
    stream = connected()
    assert stream.feed(KEY)[1]
    assert stream.feed(QEMU_KEY)[1]
    assert stream.feed(POINTER)[1]
    assert not stream.feed(POINTER)[1], "a repeated position is no act"
    assert stream.feed(b"\x05\x01\0\x0a\0\x14")[1]
    assert not stream.feed(UPDATE_REQUEST + CUT_TEXT)[1]


def test_screen_size_and_power_messages_never_pass() -> None:
    size = b"\xfb\0\x04\0\x03\0\x01\0" + bytes(16)
    assert connected().feed(size + b"\xfa\0\x01\x02" + KEY)[0] == KEY


def test_extended_mouse_buttons_are_never_offered() -> None:
    asked = struct.pack(">BxH3i", 2, 3, 0, -316, -239)
    assert connected().feed(asked)[0] == struct.pack(">BxH2i", 2, 2, 0, -239)


@pytest.mark.parametrize(
    "data",
    [
        b"RFB 003.003\n",
        b"GET / HTTP/1.1",
        VERSION + b"\x02",
        HANDSHAKE + b"\x63",
        HANDSHAKE + b"\xff\x01",
        HANDSHAKE + b"\x06\0\0\0\x7f\xff\xff\xff",
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        ClientStream(view_only=False).feed(data)
