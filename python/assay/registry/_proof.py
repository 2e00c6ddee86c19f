"""Checkpoints, and the proof that a journal is whole."""

from __future__ import annotations

import datetime
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assay import _registry
from assay._checks import refuse
from assay._core import StoreError
from assay.words import number


@dataclass(frozen=True, slots=True)
class Key:
    """A pair of keys for checkpoints. `secret` signs: keep it away from the registry's machine. `public` verifies."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not isinstance(self.secret, bytes) or len(self.secret) != 32:
            raise refuse("a secret key of 32 bytes", f"{len(self.secret)} bytes")

    @property
    def public(self) -> str:
        """What those who verify need, as 64 hexadecimal digits."""
        return _registry.public_key(self.secret).hex()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the secret into a new file that only this user may read."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(self.secret.hex() + "\n")


def make_key() -> Key:
    """A fresh pair of keys from the system's source of randomness."""
    return Key(secrets.token_bytes(32))


def key_bytes(key: object) -> bytes:
    """The 32 bytes of a key, however it was given."""
    if isinstance(key, Key):
        return key.secret
    if isinstance(key, bytes | bytearray | memoryview) and len(bytes(key)) == 32:
        return bytes(key)
    wanted = "a key: assay.registry.make_key(), 32 bytes, 64 hexadecimal digits, or the path of a file that holds them"
    if isinstance(key, str) and _hex(key) is not None:
        return bytes.fromhex(key)
    if isinstance(key, str | os.PathLike):
        path = Path(key)
        if not path.is_file():
            raise refuse(wanted, "a text that is neither digits nor the path of a file")
        held = path.read_bytes()
        if len(held) == 32:
            return held
        found = _hex(held.decode("ascii", "replace").strip())
        if found is None:
            raise refuse(wanted, "a file that holds something else")
        return found
    raise refuse(wanted, f"a value of type {type(key).__name__}")


def _hex(text: str) -> bytes | None:
    if len(text) != 64 or any(each not in "0123456789abcdefABCDEF" for each in text):
        return None
    return bytes.fromhex(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A signed statement that a journal had this head at this time; `str(checkpoint)` is one line of text.

    It is meant to leave the machine: mail it, commit it, write it to a bucket that nobody can empty. Only a checkpoint
    kept elsewhere shows that a journal was cut short or written anew from its beginning.
    """

    sequence: int
    hash: str
    at: datetime.datetime
    public_key: str
    text: str
    genuine: bool

    def __str__(self) -> str:
        return self.text

    @staticmethod
    def from_text(text: str) -> Checkpoint:
        """The checkpoint that a line says; FormatError where it is no such line."""
        return checkpoint_of(_registry.checkpoint_parts(text.strip()))


def checkpoint_of(parts: dict[str, Any]) -> Checkpoint:
    made = {**parts, "hash": parts["hash"].hex(), "public_key": parts["public_key"].hex()}
    return Checkpoint(**made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What proving a journal found; true only when the whole chain is in order.

    `problem` is None, or: altered (an entry's bytes do not give its hash), broken_order (an entry is missing, repeated
    or out of order), shorter (the journal ends before the checkpoint), other_history (written anew), false_checkpoint
    (the signature is not its own, or another key's), could_not_run (nothing is said about the journal: try again).
    `position` is the event where it was found.
    """

    problem: str | None
    position: int | None
    sequence: int
    hash: str
    words: str

    def __bool__(self) -> bool:
        return self.problem is None

    def __str__(self) -> str:
        return self.words

    def __repr__(self) -> str:
        return f"<Verdict: {'whole' if self else self.problem}, {number(self.sequence)} events proved. {self.words}>"


def verdict_of(parts: tuple[str, int, int, bytes, str]) -> Verdict:
    problem, position, sequence, hash, words = parts
    return Verdict(
        problem=None if problem == "none" else problem,
        position=position or None,
        sequence=sequence,
        hash=hash.hex(),
        words=words,
    )


def proof_of(checkpoint: object, key: object) -> tuple[str | None, bytes | None]:
    """A checkpoint as its line, a key as its bytes."""
    if isinstance(checkpoint, os.PathLike):
        checkpoint = Path(checkpoint).read_text(encoding="ascii", errors="replace")
    if checkpoint is not None and not isinstance(checkpoint, Checkpoint | str):
        raise refuse("a checkpoint, its line of text, or the path of a file", f"a {type(checkpoint).__name__}")
    if key is not None and checkpoint is None:
        raise refuse("checkpoint= beside key=, which says who must have signed it", "key= alone")
    line = None if checkpoint is None else str(checkpoint).strip()
    return line, None if key is None else key_bytes(key)


def verify(url: str | os.PathLike[str], *, checkpoint: Checkpoint | str | None = None, key: object = None) -> Verdict:
    """Prove a journal that need not make sense: only its bytes are read, so a damaged one is judged too.

    `checkpoint` is one that was kept elsewhere; `key` is what it must have been signed with (the public one will do).
    """
    line, trusted = proof_of(checkpoint, key)
    try:
        return verdict_of(_registry.verify_place(os.fspath(url), line, trusted))
    except StoreError as error:
        return Verdict(problem="could_not_run", position=None, sequence=0, hash="", words=str(error))
