"""Messages on a pipe, arrays in files."""

import os

import numpy as np
import pytest

from bench.worker import protocol


def test_a_message_comes_out_of_the_pipe_as_it_went_in():
    read, write = os.pipe()
    protocol.send(write, {"do": "burst", "text": "é\n\0", "numbers": [1, 2]})
    assert protocol.receive(read) == {"do": "burst", "text": "é\n\0", "numbers": [1, 2]}
    os.close(write)
    assert protocol.receive(read) is None
    os.close(read)


def test_a_message_is_whole_only_when_its_last_byte_has_come():
    read, write = os.pipe()
    protocol.send(write, {"a": 1})
    data = os.read(read, 100)
    received = protocol.Received()
    for byte in data[:-1]:
        received.add(bytes([byte]))
        assert received.message() is None
    received.add(data[-1:])
    assert received.message() == {"a": 1}
    assert received.message() is None
    for descriptor in (read, write):
        os.close(descriptor)


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\0\0\0\x02[]", b"\0\0\0\x02{]"])
def test_bytes_that_are_no_message_are_refused(data):
    received = protocol.Received()
    received.add(data)
    with pytest.raises(ValueError, match=r".+"):
        received.message()


def test_not_a_number_is_never_sent():
    with pytest.raises(ValueError, match="JSON"):
        protocol.send(1, {"value": float("nan")})


def test_values_come_back_in_order_with_their_dtypes_and_read_only(tmp_path):
    values = {"x": np.arange(6, dtype=np.float32).reshape(2, 3), "beta": 3.0, "wide": np.ones(2, np.longdouble) / 3}
    protocol.save_values(tmp_path / "inputs", values)
    found = protocol.load_values(tmp_path / "inputs")
    assert list(found) == ["x", "beta", "wide"]
    assert found["beta"] == 3.0
    for name in ("x", "wide"):
        assert found[name].dtype == values[name].dtype
        assert np.array_equal(found[name], values[name])
        assert not found[name].flags.writeable


@pytest.mark.parametrize(
    "value",
    [3, True, 2.5, float("inf"), 10**30, 2 + 1j, np.float32(1.5), np.float64(0.1), np.int8(-3), np.True_],
    ids=repr,
)
def test_a_number_comes_back_as_what_it_was(tmp_path, value):
    protocol.save_values(tmp_path / "inputs", {"n": value})
    found = protocol.load_values(tmp_path / "inputs")["n"]
    assert type(found) is type(value)
    assert found == value


def test_a_longdouble_keeps_its_digits(tmp_path):
    third = np.longdouble(1) / 3
    protocol.save_values(tmp_path / "inputs", {"third": third})
    assert protocol.load_values(tmp_path / "inputs")["third"] == third


def test_an_array_that_is_mapped_from_a_file_is_a_plain_one(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(3.0))
    protocol.save_values(tmp_path / "inputs", {"x": np.load(tmp_path / "x.npy", mmap_mode="r")})
    assert protocol.load_values(tmp_path / "inputs")["x"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("shape", [(), (0,), (0, 3)])
def test_arrays_without_an_axis_and_without_a_number_come_back_too(tmp_path, shape):
    protocol.save_values(tmp_path / "inputs", {"x": np.zeros(shape)})
    found = protocol.load_values(tmp_path / "inputs")["x"]
    assert isinstance(found, np.ndarray)
    assert found.shape == shape


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (["a"], "words is a list, expected an array of plain data, a number or a bool"),
        ("abc", "words is a str"),
        (None, "words is a NoneType"),
        (np.array([None]), "words is an array of objects"),
        (np.ma.masked_array([1.0], [True]), "words is a MaskedArray, expected a plain numpy.ndarray"),
        (np.array([(1.0,)], [("a", float)]).view(np.recarray), "words is a recarray"),
    ],
)
def test_what_cannot_be_carried_is_told_by_name(tmp_path, value, told):
    with pytest.raises(protocol.Unsupported, match=told):
        protocol.save_values(tmp_path / "inputs", {"words": value})
