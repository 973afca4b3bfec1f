from dataclasses import replace

import pytest
import torch

from training.batches import MASK, MAX_TOKENS, PADDED_TO, Batches, encode, hide_tokens
from training.collection import Collection, Negatives
from training.examples import Answered, Example, Question, Text

HEADING = "Times > Opening"
RIGHT = Answered(Text(HEADING, "We open at nine. We close at six."), ((17, 33),), (29, 32))
LUNCH = Text("Times > Lunch", "Lunch is at noon.")
PARKING = Text("Parking", "The car park is behind the house.")
STATION = Text("Station", "The train stops twice a day.")
QUESTION = Question("When do you close?", ("shop", "times.md"), "times.md#Opening", (RIGHT,), ())
NEAR_MISS = replace(QUESTION, text="Who closes?", answering=(), others=(RIGHT.passage,))
NEGATIVES = Negatives([LUNCH, PARKING], [STATION, LUNCH])
POLICY = {
    "title": "Privacy",
    "text": "We keep your name. We sell nothing.",
    "questions": [("What is kept?", (8, 17), "kept")],
}


def collection(*asked: Question) -> Collection:
    return Collection([(question, NEGATIVES) for question in asked], [], [], [[POLICY]])


def words_of(inputs: dict, row: int) -> list[int]:
    return inputs["input_ids"][row][inputs["attention_mask"][row].bool()].tolist()


def test_a_batch_is_the_same_whenever_it_is_asked_for():
    first, second = (Batches(collection(QUESTION, NEAR_MISS), 2, seed=1) for _ in range(2))
    first[0]
    (inputs, _, sizes), (again, _, sizes_again) = first[5], second[5]
    assert sizes == sizes_again and (inputs["input_ids"] == again["input_ids"]).all()


def test_a_pass_holds_every_question_once():
    questions = [replace(QUESTION, text=f"When do you close on day {day}?") for day in range(7)]
    batches = Batches(collection(*questions), 2, seed=1)
    assert batches.in_a_pass == 4  # the eighth is of PolicyQA
    assert sum(len(sizes) for _, _, sizes in map(batches.__getitem__, range(4))) == 8


def test_a_question_on_a_delivered_page_comes_as_often_as_is_said():
    delivered = replace(QUESTION, page=("seed", "times.md"))
    batches = Batches(collection(QUESTION, delivered), 1, seed=1, times=5)
    assert batches.in_a_pass == 1 + 5 + 1  # and one of PolicyQA


def test_questions_on_other_sites_may_come_as_often_instead():
    delivered = replace(QUESTION, page=("seed", "times.md"))
    new = replace(QUESTION, page=("bakery", "times.md"))
    batches = Batches(collection(delivered, new, new), 1, seed=1, times=5, often=["bakery"])
    assert batches.in_a_pass == 1 + 2 * 5 + 1


@pytest.mark.parametrize("number", range(20))
def test_of_a_group_the_first_passage_alone_is_right(number):
    _, targets, sizes = Batches(collection(QUESTION), 2, seed=1)[number]
    groups = targets["labels"].split(sizes)
    assert [group.tolist() for group in groups] == [[1.0] + [0.0] * (len(g) - 1) for g in groups]


@pytest.mark.parametrize("near", [2, 4])
def test_a_right_passage_is_shown_beside_as_many_of_its_site_as_is_said(near):
    own_site = [Text("Room", f"Room {number} is on the left.") for number in range(20)]
    asked = Collection([(QUESTION, Negatives(own_site, [STATION]))], [], [], [])
    batches = Batches(asked, 1, seed=1, near=near)
    shown = {size for number in range(30) for size in batches[number][2]}
    assert shown == {1 + near, 1 + near + 1}  # and now and then one of all sites


def test_a_near_miss_is_asked_of_its_section_and_of_nothing_else_on_its_site():
    batches = Batches(collection(NEAR_MISS), 2, seed=1)
    shown = {size for number in range(30) for size in batches[number][2]}
    assert shown == {1, 2}
    assert not any(
        {int(token) for token in inputs["input_ids"].flatten()} & {6265, 2160}  # lunch, house
        for inputs, _, _ in map(batches.__getitem__, range(30))
    )


def test_tokens_of_the_evidence_and_the_answer_are_marked():
    example = Example("When?", RIGHT.passage, True, RIGHT.evidence, RIGHT.answer, "no")
    inputs, targets = encode([example])
    tokens = inputs["input_ids"][0]
    assert targets["evidence"][0].sum() == 5  # we close at six .
    assert targets["starts"] == targets["ends"]
    assert tokens[targets["starts"][0]] == 2416  # six
    assert not targets["passage"][0][:4].any()  # the question is none of the passage


def test_what_the_length_limit_cuts_off_counts_as_absent():
    text = "word " * 400 + "The end."
    span = (len(text) - 8, len(text))
    inputs, targets = encode([Example("When?", Text("", text), True, (span,), span)])
    assert inputs["input_ids"].shape == (1, MAX_TOKENS)
    assert targets["evidence"].sum() == 0 and targets["starts"] == -100


def test_rows_are_filled_up_to_a_multiple_that_repeats():
    inputs, _ = encode([Example("When?", LUNCH, False), Example("When?", RIGHT.passage, False)])
    assert inputs["input_ids"].shape == (2, PADDED_TO)
    assert len(words_of(inputs, 0)) < len(words_of(inputs, 1))


def test_gaps_are_made_in_passages_outside_their_evidence():
    example = Example("When?", RIGHT.passage, True, RIGHT.evidence)
    inputs, targets = encode([example] * 200)
    hidden = hide_tokens(inputs, targets, torch.Generator().manual_seed(1))["input_ids"] == MASK
    assert hidden.any()
    assert not hidden[~targets["passage"] | targets["evidence"].bool()].any()
