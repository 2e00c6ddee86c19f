"""C++ errors arrive in Python under their own names, with their parts, and nothing else leaks."""

import pickle

import pytest

from assay import _core


def test_the_tree_has_one_root_and_input_errors_are_value_errors() -> None:
    for kind in (_core.InputError, _core.FormatError, _core.RefusedError, _core.StoreError):
        assert issubclass(kind, _core.AssayError)
    assert issubclass(_core.InputError, ValueError)
    assert not issubclass(_core.FormatError, ValueError)


def test_an_input_error_says_what_was_wanted_what_was_got_and_where() -> None:
    with pytest.raises(_core.InputError) as caught:
        _core._throw("input")
    error = caught.value
    assert str(error) == (
        "wanted a weight above 0, got -2 in column 'weight', row 7 (counting from 0); drop or mend the row"
    )
    assert (error.wanted, error.got, error.column, error.row) == ("a weight above 0", "-2", "weight", 7)


def test_an_input_error_in_plain_words_has_no_parts() -> None:
    with pytest.raises(_core.InputError, match=r"^just words$") as caught:
        _core._throw("input in words")
    error = caught.value
    assert (error.wanted, error.got, error.column, error.row) == (None, None, None, None)


def test_python_words_its_input_errors_as_the_library_does() -> None:
    made = _core.input_error("a weight above 0", "-2", column="weight", row=7, mend="drop or mend the row")
    with pytest.raises(_core.InputError) as caught:
        _core._throw("input")
    assert str(made) == str(caught.value)
    assert made.__dict__ == caught.value.__dict__


def test_an_input_error_survives_a_journey_between_processes() -> None:
    made = _core.input_error("a weight above 0", "-2", column="weight", row=7)
    back = pickle.loads(pickle.dumps(made))
    assert (type(back), str(back), back.column, back.row) == (_core.InputError, str(made), "weight", 7)


def test_a_refusal_names_the_rule_and_what_would_be_legal() -> None:
    with pytest.raises(_core.RefusedError, match=r"^not from here$") as caught:
        _core._throw("refused")
    assert caught.value.rule == "queue is archived"
    assert caught.value.legal == ("open", "paused")


@pytest.mark.parametrize(
    ("kind", "expected", "words"),
    [
        ("root", _core.AssayError, "a root error"),
        ("format", _core.FormatError, "cut short"),
        ("store", _core.StoreError, "disk full"),
    ],
)
def test_the_other_kinds_keep_their_words(kind: str, expected: type[Exception], words: str) -> None:
    with pytest.raises(expected) as caught:
        _core._throw(kind)
    assert type(caught.value) is expected
    assert str(caught.value) == words


@pytest.mark.parametrize("kind", ["memory", "length"])
def test_running_out_of_memory_is_a_memory_error_that_says_what_to_try(kind: str) -> None:
    with pytest.raises(MemoryError, match="memory"):
        _core._throw(kind)


def test_pythons_own_errors_pass_through() -> None:
    with pytest.raises(KeyError, match="a key"):
        _core._throw("key")


@pytest.mark.parametrize("kind", ["logic", "anything else"])
def test_a_fault_inside_never_shows_the_name_of_a_c_type(kind: str) -> None:
    with pytest.raises(_core.AssayError) as caught:
        _core._throw(kind)
    assert type(caught.value) is _core.AssayError
    assert "vector" not in str(caught.value)
    assert "std::" not in str(caught.value)
    assert caught.value.__dict__["detail"]
