"""What a VNC client says, cut into messages: which are a person's input, and which may pass."""

import struct
from dataclasses import dataclass, field
from enum import Enum, auto

VERSION = b"RFB 003.008\n"
_NO_AUTHENTICATION = 1
_SHARED = b"\x01"

_SET_PIXEL_FORMAT = 0
_SET_ENCODINGS = 2
_UPDATE_REQUEST = 3
_KEY = 4
_POINTER = 5
_CUT_TEXT = 6
_CONTINUOUS_UPDATES = 150
_FENCE = 248
_XVP = 250
_SET_DESKTOP_SIZE = 251
_QEMU = 255

_FIXED_LENGTHS = {
    _SET_PIXEL_FORMAT: 20,
    _UPDATE_REQUEST: 10,
    _KEY: 8,
    _POINTER: 6,
    _CONTINUOUS_UPDATES: 10,
    _XVP: 4,
    _QEMU: 12,
}
_QEMU_KEY = 0
# A client that offers this may later send pointer messages of another length.
_EXTENDED_MOUSE_BUTTONS = -316
_MAX_CUT_TEXT = 1_000_000
_INPUT = frozenset({_KEY, _POINTER, _CUT_TEXT, _QEMU})
_NEVER_FORWARDED = frozenset({_SET_DESKTOP_SIZE, _XVP})


class ProtocolError(Exception):
    """The client said something that is not RFB 3.8, or not a message we know the length of."""


class _Stage(Enum):
    VERSION = auto()
    SECURITY = auto()
    INIT = auto()
    MESSAGES = auto()


@dataclass
class ClientStream:
    """Filters one client's bytes. With `view_only` nothing that could change the desktop passes."""

    view_only: bool
    _stage: _Stage = _Stage.VERSION
    _buffer: bytearray = field(default_factory=bytearray)
    _last_pointer: bytes = b""

    def feed(self, data: bytes) -> tuple[bytes, bool]:
        """Take what the client sent; returns what the server may get, and whether a person acted on the
        desktop.

        Raises ProtocolError; the connection must then be closed.
        """
        self._buffer += data
        passed = bytearray()
        acted = False
        while (length := self._next_length()) and len(self._buffer) >= length:
            message = bytes(self._buffer[:length])
            del self._buffer[:length]
            if self._stage is not _Stage.MESSAGES:
                passed += self._handshake(message)
            elif not (self.view_only and message[0] in _INPUT) and message[0] not in _NEVER_FORWARDED:
                acted = acted or self._is_human_act(message)
                passed += _without_extended_buttons(message) if message[0] == _SET_ENCODINGS else message
        return bytes(passed), acted

    def _next_length(self) -> int:
        """The length of the message at the head of the buffer; 0 while that cannot be told."""
        if not self._buffer:
            return 0
        if self._stage is _Stage.MESSAGES:
            return _message_length(self._buffer)
        return len(VERSION) if self._stage is _Stage.VERSION else 1

    def _handshake(self, message: bytes) -> bytes:
        if self._stage is _Stage.VERSION:
            if message != VERSION:
                raise ProtocolError("only RFB 3.8 is spoken here")
            self._stage = _Stage.SECURITY
            return message
        if self._stage is _Stage.SECURITY:
            if message[0] != _NO_AUTHENTICATION:
                raise ProtocolError("the password was checked before; choose security type 1")
            self._stage = _Stage.INIT
            return message
        self._stage = _Stage.MESSAGES
        return _SHARED

    def _is_human_act(self, message: bytes) -> bool:
        """Keys always are; pointer messages when anything changed, as clients also repeat them."""
        if message[0] == _POINTER:
            changed = message != self._last_pointer
            self._last_pointer = message
            return changed
        return message[0] in (_KEY, _QEMU)


def _message_length(head: bytearray) -> int:
    kind = head[0]
    if kind == _QEMU and len(head) > 1 and head[1] != _QEMU_KEY:
        raise ProtocolError("unknown QEMU message")
    if kind in _FIXED_LENGTHS:
        return _FIXED_LENGTHS[kind]
    if kind == _SET_ENCODINGS:
        return 4 + 4 * _number(head, ">H", 2) if len(head) >= 4 else 0
    if kind == _CUT_TEXT:
        if len(head) < 8:
            return 0
        size = abs(_number(head, ">i", 4))
        if size > _MAX_CUT_TEXT:
            raise ProtocolError("clipboard text too long")
        return 8 + size
    if kind == _FENCE:
        return 9 + head[8] if len(head) >= 9 else 0
    if kind == _SET_DESKTOP_SIZE:
        return 8 + 16 * head[6] if len(head) >= 8 else 0
    raise ProtocolError(f"unknown message type {kind}")


def _number(head: bytearray, form: str, offset: int) -> int:
    number: int = struct.unpack_from(form, head, offset)[0]
    return number


def _without_extended_buttons(message: bytes) -> bytes:
    encodings = [code for (code,) in struct.iter_unpack(">i", message[4:]) if code != _EXTENDED_MOUSE_BUTTONS]
    return struct.pack(f">BxH{len(encodings)}i", _SET_ENCODINGS, len(encodings), *encodings)
