from pathlib import Path

import numpy as np
import pytest

from index.checkpoint import Checkpoint

ONE, TWO = np.array([[1, 0]], dtype=np.float32), np.array([[0, 1]], dtype=np.float32)


@pytest.fixture
def checkpoint(tmp_path) -> Checkpoint:
    return Checkpoint(tmp_path / "checkpoint", "model one")


def part_of(checkpoint: Checkpoint) -> Path:
    (part,) = checkpoint.folder.iterdir()
    return part


def test_before_anything_is_saved_there_is_no_vector(checkpoint):
    assert checkpoint.vectors(["a"]) == {}


def test_every_text_finds_its_own_vector_again(checkpoint):
    checkpoint.save(["a"], ONE)
    checkpoint.save(["b"], TWO)
    found = checkpoint.vectors(["b", "a", "c"])
    assert {text: vector.tolist() for text, vector in found.items()} == {"a": [1, 0], "b": [0, 1]}


def test_vectors_of_another_model_are_not_taken(checkpoint):
    checkpoint.save(["a"], ONE)
    assert Checkpoint(checkpoint.folder, "model two").vectors(["a"]) == {}


@pytest.mark.parametrize("place", [0, 70, -30])
def test_a_damaged_part_is_left_out(checkpoint, place):
    checkpoint.save(["a"], ONE)
    content = bytearray(part_of(checkpoint).read_bytes())
    content[place] ^= 1
    part_of(checkpoint).write_bytes(content)
    checkpoint.save(["b"], TWO)
    assert list(checkpoint.vectors(["a", "b"])) == ["b"]


@pytest.mark.parametrize("length", [0, 1, 200])
def test_a_part_that_was_cut_off_is_left_out(checkpoint, length):
    checkpoint.save(["a"], ONE)
    part_of(checkpoint).write_bytes(part_of(checkpoint).read_bytes()[:length])
    assert checkpoint.vectors(["a"]) == {}


def test_a_part_with_objects_to_unpickle_is_left_out(checkpoint):
    checkpoint.save(["a"], ONE)
    np.savez(part_of(checkpoint), texts=np.array([{}]), vectors=ONE)
    assert checkpoint.vectors(["a"]) == {}


def test_what_was_removed_is_gone(checkpoint):
    checkpoint.save(["a"], ONE)
    checkpoint.remove()
    assert not checkpoint.folder.exists()


def test_nothing_saved_can_be_removed(checkpoint):
    checkpoint.remove()
