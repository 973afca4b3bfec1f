import random

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from training.collection import Negatives
from training.examples import READER, Answered, Question, Text
from training.screen import log_loss, screen

RIGHT = Text("Times", "We close at six.")
LUNCH, PARKING, ROOM = (
    Text("Lunch", "Lunch is at noon."),
    Text("Parking", "The car park is behind the house."),
    Text("Room", "Room 3 is on the left."),
)
PAGE = ("shop", "times.md")
QUESTION = Question("When do you close?", PAGE, "Times", (Answered(RIGHT, (), None),), ())
NEAR_MISS = Question("Who closes?", PAGE, "Times", (), (RIGHT,))
SEED = 2  # what it draws first keeps nothing that is sure


class KnownJudgements(torch.nn.Module):
    """Gives a passage the logit that is said."""

    def __init__(self, logits: dict[Text, float]):
        super().__init__()
        self.logits = logits
        self.tokenizer = Tokenizer.from_file(str(READER / "tokenizer.json"))

    def forward(self, input_ids, attention_mask, token_type_ids):
        texts = [self.tokenizer.decode(row.tolist()) for row in input_ids]
        judged = [
            next(logit for text, logit in self.logits.items() if text.text.lower()[:8] in shown)
            for shown in texts
        ]
        return torch.tensor(judged), torch.zeros((*input_ids.shape, 6))


def kept(question: Question, negatives: list[Text], **logits: float) -> list:
    network = KnownJudgements({globals()[name]: logit for name, logit in logits.items()})
    return list(screen([(question, Negatives(negatives, []))], network, random.Random(SEED)))


def test_a_question_that_is_answered_surely_is_left_out():
    assert kept(QUESTION, [LUNCH], RIGHT=6.0, LUNCH=-6.0) == []


@pytest.mark.parametrize("logits", [{"RIGHT": -1.0, "LUNCH": -6.0}, {"RIGHT": 3.0, "LUNCH": 3.0}])
def test_one_whose_passage_is_not_judged_right_or_not_likeliest_is_kept(logits):
    assert len(kept(QUESTION, [LUNCH], **logits)) == 1


def test_a_near_miss_is_kept_when_its_section_is_taken_for_an_answer():
    assert kept(NEAR_MISS, [LUNCH], RIGHT=-6.0) == []
    assert len(kept(NEAR_MISS, [LUNCH], RIGHT=0.0)) == 1


def test_what_is_taken_for_right_comes_first_among_the_wrong_passages():
    [(_, negatives)] = kept(
        QUESTION, [LUNCH, PARKING, ROOM], RIGHT=0.0, LUNCH=-3.0, PARKING=2.0, ROOM=-1.0
    )
    assert negatives.own_site == [PARKING, ROOM, LUNCH]


def test_wrong_passages_that_are_not_read_stay_behind_those_that_are():
    far = [Text("Far", f"Lunch is at noon, {number}.") for number in range(9)]
    [(_, negatives)] = kept(QUESTION, far, RIGHT=0.0, LUNCH=0.0)
    assert sorted(map(str, negatives.own_site)) == sorted(map(str, far))
    assert negatives.own_site[7:] == far[7:]


def test_the_loss_is_that_of_judgement_and_rank():
    assert log_loss(np.array([0.0]), np.array([])) == pytest.approx(np.log(2))
    assert log_loss(np.array([0.0]), np.array([0.0])) == pytest.approx(2 * np.log(2))
    assert log_loss(np.array([]), np.array([-1.0, 0.0])) == pytest.approx(np.log(2))
