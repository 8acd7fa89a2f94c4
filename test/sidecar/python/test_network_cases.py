import numpy
import pytest
from ml_sidecar import network_cases
from ml_sidecar.errors import SidecarError

FLOAT = [{"name": "x", "dtype": "float32"}]


def values(case, blobs, which="feeds"):
    one = case[which][0]
    dtype = "<f8" if which == "expected" else one["type"]
    return numpy.frombuffer(blobs[one["blob"] - 1], dtype=dtype).reshape(one["dims"])


def test_asks_with_every_shape_and_keeps_what_was_answered():
    cases, blobs = network_cases.make(FLOAT, [[[2, 3]], [[1, 3]], [[7, 3]]], lambda feeds: [("y", feeds[0] * 2)])
    assert {tuple(case["feeds"][0]["dims"]) for case in cases} == {(2, 3), (1, 3), (7, 3)}
    for case in cases:
        assert numpy.array_equal(values(case, blobs, "expected"), values(case, blobs).astype("f8") * 2)


def test_the_callers_rows_come_first():
    cases, blobs = network_cases.make(FLOAT, [[[2, 3]]], lambda feeds: [("y", feeds[0])], sample=[[1, 2, 3]])
    assert values(cases[0], blobs).tolist() == [[1, 2, 3]]
    for odd in ([[1, 2]], [["a", "b", "c"]], [{"a": 1}]):
        assert network_cases.make(FLOAT, [[[2, 3]]], lambda feeds: [("y", feeds[0])], sample=odd)


def test_whole_numbers_are_places_in_a_table():
    table = numpy.arange(60.0)
    cases, blobs = network_cases.make(
        [{"name": "i", "dtype": "int64"}], [[[40]]], lambda feeds: [("y", table[feeds[0]])]
    )
    assert 30 < max(values(case, blobs).max() for case in cases) < 50


def test_what_the_original_refuses_is_no_case():
    def ask(feeds):
        if feeds[0].shape[0] != 2:
            raise ValueError("two rows alone")
        return [("y", feeds[0])]

    cases, _ = network_cases.make(FLOAT, [[[2]], [[3]]], ask)
    assert {tuple(case["feeds"][0]["dims"]) for case in cases} == {(2,)}
    with pytest.raises(SidecarError, match="answers none of the inputs.*two rows alone"):
        network_cases.make(FLOAT, [[[3]]], ask)


def test_chance_is_refused():
    with pytest.raises(SidecarError, match="holds chance"):
        network_cases.make(FLOAT, [[[2]]], lambda feeds: [("y", feeds[0] + numpy.random.rand())])


def test_large_whole_numbers_and_texts_keep_every_digit():
    cases, _ = network_cases.make(FLOAT, [[[1]]], lambda feeds: [("y", numpy.array([2**53 + 1])), ("t", numpy.array(["ä"]))])
    assert [one["labels"] for one in cases[0]["expected"]] == [["9007199254740993"], ["ä"]]


def test_types_without_a_form_are_refused():
    with pytest.raises(SidecarError, match="complex64"):
        network_cases.make([{"name": "x", "dtype": "complex64"}], [[[1]]], lambda feeds: [])
