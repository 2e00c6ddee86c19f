"""Keyed draws and allocation through Python, checked against a second implementation written from the rule alone."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import assay

SECRET = "correct horse battery staple"
PERIOD = "2026-W47"
MASK = (1 << 64) - 1


def siphash24(key: bytes, text: bytes) -> int:
    """SipHash-2-4 as its paper has it (Aumasson & Bernstein 2012, section 2)."""
    low, high = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    a, b, c, d = (
        low ^ 0x736F6D6570736575,
        high ^ 0x646F72616E646F6D,
        low ^ 0x6C7967656E657261,
        high ^ 0x7465646279746573,
    )

    def rotated(word: int, bits: int) -> int:
        return ((word << bits) | (word >> (64 - bits))) & MASK

    def rounds(count: int) -> None:
        nonlocal a, b, c, d
        for _ in range(count):
            a, c = (a + b) & MASK, (c + d) & MASK
            b, d = rotated(b, 13) ^ a, rotated(d, 16) ^ c
            a = rotated(a, 32)
            c, a = (c + b) & MASK, (a + d) & MASK
            b, d = rotated(b, 17) ^ c, rotated(d, 21) ^ a
            c = rotated(c, 32)

    padded = text + bytes(7 - len(text) % 8) + bytes([len(text) % 256])
    for start in range(0, len(padded), 8):
        word = int.from_bytes(padded[start : start + 8], "little")
        d ^= word
        rounds(2)
        a ^= word
    c ^= 0xFF
    rounds(4)
    return a ^ b ^ c ^ d


def number_by_the_rule(case: str | int, key: str | bytes, period: str) -> int:
    """The rule in the head of sampling/keyed.hpp, word for word."""
    parts = [key if isinstance(key, bytes) else key.encode(), period.encode()]
    encoding = b"".join(len(part).to_bytes(8, "little") + part for part in parts)
    derived = b"".join(
        siphash24(fixed, encoding).to_bytes(8, "little") for fixed in (b"assay draw key 0", b"assay draw key 1")
    )
    return siphash24(derived, str(case).encode())


def test_the_second_implementation_meets_the_papers_vector() -> None:
    assert siphash24(bytes(range(16)), bytes(range(15))) == 0xA129CA6149BE45E5


@pytest.mark.parametrize(
    ("case", "number"),
    [
        ("case-0001", 0xE65F251087CDF39A),
        (7, 0x104CCE96514B5C44),
        ("7", 0x104CCE96514B5C44),
        (-42, 0x06EECF6088163E35),
        ("Füße", 0xC7344C1E65EF2F44),
    ],
)
def test_documented_vectors(case: str | int, number: int) -> None:
    assert assay.permanent_random_number(case, key=SECRET, period=PERIOD) == number
    assert number_by_the_rule(case, SECRET, PERIOD) == number


def test_cpp_and_python_agree_on_any_case_key_and_period() -> None:
    source = random.Random(47)
    letters = "abcXYZ019-_:/ äßé漢😀"
    for _ in range(500):
        text = "".join(source.choices(letters, k=source.randint(1, 40)))
        whole = source.randint(-(10 ** source.randint(1, 30)), 10 ** source.randint(1, 30))
        key: str | bytes = text + "k" if source.random() < 0.5 else source.randbytes(source.randint(1, 40))
        period = source.choice(["", "2026-W47", text])
        for case in (text, whole, np.int64(whole % 2**63), np.uint64(abs(whole) % 2**64)):
            plain = case if isinstance(case, str) else int(case)
            assert assay.permanent_random_number(case, key=key, period=period) == number_by_the_rule(plain, key, period)


def test_text_and_bytes_of_one_secret_are_one_key() -> None:
    assert assay.permanent_random_number(1, key="schlüssel") == assay.permanent_random_number(
        1, key="schlüssel".encode()
    )
    assert assay.permanent_random_number(1, key="a") == assay.permanent_random_number(1, key="a", period="")
    assert assay.permanent_random_number(1, key="a", period="b") != assay.permanent_random_number(1, key="a")


@pytest.mark.parametrize("share", [1.0, 0.5, 0.3, 0.02])
def test_offer_is_the_share_below_the_threshold_and_none_above(share: float) -> None:
    sampler = assay.KeyedSampler(key=SECRET, share=share, period=PERIOD)
    threshold = math.ceil(share * 2**64)
    for case in range(300):
        drawn = number_by_the_rule(case, SECRET, PERIOD) < threshold
        assert sampler.offer(case) == sampler.offer(str(case)) == (share if drawn else None)


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", ">i4", "U", "object"]
)
def test_offer_many_answers_as_offer_does(dtype: str) -> None:
    sampler = assay.KeyedSampler(key=b"\x00\xff", share=0.4)
    cases = np.arange(120).astype(dtype)
    expected = [sampler.offer(case) is not None for case in range(120)]
    drawn = sampler.offer_many(cases)
    assert drawn.dtype == np.bool_
    assert drawn.tolist() == expected
    assert sampler.offer_many(cases[::-3]).tolist() == expected[::-3]
    assert sampler.offer_many(cases.tolist()).tolist() == expected
    assert 0 < sum(expected) < 120


def test_offer_many_at_the_ends_of_64_bits() -> None:
    sampler = assay.KeyedSampler(key="k", share=0.5)
    wide = np.array([2**64 - 1, 2**63, 10**19, 0], dtype=np.uint64)
    assert sampler.offer_many(wide).tolist() == [sampler.offer(int(case)) is not None for case in wide]
    assert sampler.offer_many([2**200, "x", -3]).tolist() == [sampler.offer(c) is not None for c in (2**200, "x", -3)]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_offer_many_takes_series(library: str) -> None:
    frames = pytest.importorskip(library)
    sampler = assay.KeyedSampler(key="k", share=0.5)
    whole = sampler.offer_many(frames.Series([5, 6, 7, 8]))
    assert whole.tolist() == sampler.offer_many([5, 6, 7, 8]).tolist()
    assert whole.tolist() == sampler.offer_many(frames.Series(["5", "6", "7", "8"])).tolist()


def test_no_cases_draw_nothing() -> None:
    sampler = assay.KeyedSampler(key="k", share=1.0)
    assert sampler.offer_many([]).tolist() == []
    assert sampler.offer_many(np.array([])).tolist() == []


def test_a_sampler_is_a_value_and_keeps_its_secret() -> None:
    sampler = assay.KeyedSampler(key="hush", share=0.25, period="w1")
    assert sampler.share == 0.25
    assert sampler == assay.KeyedSampler(key=b"hush", share=0.25, period="w1")
    assert sampler != assay.KeyedSampler(key="hush", share=0.25, period="w2")
    assert sampler != assay.KeyedSampler(key="hush", share=0.26, period="w1")
    assert "hush" not in repr(sampler)
    assert "0.25" in repr(sampler)


@pytest.mark.parametrize(
    ("bad", "got"),
    [
        (True, "bool True"),
        (np.bool_(True), "True"),
        (None, "None"),
        (1.0, "float 1.0"),
        (np.float64(2), "float64"),
        (b"x", "bytes b'x'"),
        ("", "empty text"),
        ("\ud800", "lone surrogate"),
    ],
)
def test_what_names_no_case_is_refused(bad: Any, got: str) -> None:
    sampler = assay.KeyedSampler(key="k", share=0.5)
    with pytest.raises(assay.InputError, match=got):
        sampler.offer(bad)
    with pytest.raises(assay.InputError, match=got):
        assay.permanent_random_number(bad, key="k")
    with pytest.raises(assay.InputError, match=got) as caught:
        sampler.offer_many(["fine", 3, bad])
    assert (caught.value.column, caught.value.row) == ("case", 2)


@pytest.mark.parametrize(
    ("bad", "got"),
    [
        ("abc", "one str 'abc'"),
        (b"abc", "one bytes"),
        ({"a", "b"}, "order would be lost"),
        ({"a": 1}, "order would be lost"),
        (np.zeros((2, 2), dtype=int), "2 dimensions"),
        (np.array(3), "0 dimensions"),
        (np.array([1.5]), "float64"),
        (np.array([True]), "True"),
        (7, "int 7"),
    ],
)
def test_what_is_no_list_of_cases_is_refused(bad: Any, got: str) -> None:
    with pytest.raises(assay.InputError, match=got):
        assay.KeyedSampler(key="k", share=0.5).offer_many(bad)


@pytest.mark.parametrize(
    ("key", "share", "got"),
    [
        ("", 0.5, "empty text"),
        (b"", 0.5, "empty text"),
        (None, 0.5, "got NoneType"),
        (1234, 0.5, "got int"),
        ("\ud800", 0.5, "lone surrogate"),
        ("k", 0.0, "got 0"),
        ("k", 1.5, "got 1.5"),
        ("k", float("nan"), "got nan"),
        ("k", 1e-12, "got 1e-12"),
        ("k", True, "bool True"),
        ("k", "half", "str 'half'"),
    ],
)
def test_what_makes_no_sampler_is_refused(key: Any, share: Any, got: str) -> None:
    with pytest.raises(assay.InputError, match=got) as caught:
        assay.KeyedSampler(key=key, share=share)
    assert "1234" not in str(caught.value)  # a secret of a wrong type is still a secret


POPULATIONS = [3000, 4000, 5000, 2000]
SPREAD = [48, 79, 76, 16]


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_allocations_of_the_textbook_strata(kind: Callable[[list[int]], Any]) -> None:
    populations, spread = kind(POPULATIONS), kind(SPREAD)
    assert assay.allocation.proportional(populations, size=190) == [41, 54, 68, 27]
    assert assay.allocation.equal(populations, size=190) == [47, 48, 48, 47]
    assert assay.allocation.neyman(populations, spread=spread, size=np.int64(190)) == [31, 69, 83, 7]


def test_the_minimum_is_kept() -> None:
    assert assay.allocation.proportional(POPULATIONS, size=190, minimum=40) == [40, 49, 61, 40]
    assert assay.allocation.neyman(POPULATIONS, spread=SPREAD, size=190, minimum=30) == [30, 59, 71, 30]
    with pytest.raises(assay.InputError, match="raise the size to 11"):
        assay.allocation.equal([100, 3, 100], size=9, minimum=4)
    assert assay.allocation.equal([100, 3, 100], size=11, minimum=4) == [4, 3, 4]


def test_power_runs_from_equally_sharp_strata_to_a_sharp_whole() -> None:
    def sizes(exponent: float) -> list[int]:
        return assay.allocation.power(
            [1000, 9000], importance=[1000, 9000], variation=[2, 2], exponent=exponent, size=100, minimum=12
        )

    assert sizes(0) == [50, 50]
    assert sizes(0.5) == [25, 75]
    assert sizes(1.0) == [12, 88]
    assert assay.allocation.power([1000, 9000], importance=[1000, 9000], variation=[2, 2], size=100) == [25, 75]


@pytest.mark.parametrize(
    ("call", "got"),
    [
        (lambda: assay.allocation.proportional([10, 20], size=31), "lower the size to 30"),
        (lambda: assay.allocation.equal([10, 20], size=3), "raise the size to 4"),
        (lambda: assay.allocation.equal([], size=3), "at least one stratum"),
        (lambda: assay.allocation.equal([10, 2.5], size=3), "got float 2.5 in column 'population', row 1"),
        (lambda: assay.allocation.equal([10, True], size=3), "got bool True"),
        (lambda: assay.allocation.equal([10, 2**70], size=3), "at most 64 bits"),
        (lambda: assay.allocation.equal("12", size=3), "one population for each stratum, got str '12'"),
        (lambda: assay.allocation.equal(12, size=3), "got int 12"),  # type: ignore[arg-type]
        (lambda: assay.allocation.equal([10], size=2.5), "got float 2.5 in column 'size'"),  # type: ignore[arg-type]
        (lambda: assay.allocation.equal([10], size=2, minimum=None), "got None in column 'minimum'"),  # type: ignore[arg-type]
        (lambda: assay.allocation.neyman([10, 20], spread=[1], size=5), "one spread for each of 2 strata, got 1"),
        (lambda: assay.allocation.neyman([10, 20], spread=[1, "x"], size=5), "got str 'x' in column 'spread', row 1"),
        (lambda: assay.allocation.neyman([10, 20], spread=[1, True], size=5), "got bool True"),
        (
            lambda: assay.allocation.power([9, 9], importance=[1, 1], variation=[1, 1], exponent=2, size=4),
            "exponent between 0 and 1, got 2",
        ),
    ],
)
def test_impossible_allocations_are_refused(call: Callable[[], object], got: str) -> None:
    with pytest.raises(assay.InputError) as caught:
        call()
    assert got in str(caught.value)
