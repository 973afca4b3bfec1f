import pytest
import torch
from torch import nn
from transformers import BertModel

from index.embedder import bundled_model
from training.model import ReaderNetwork, network_of, read_network, with_layers_twice
from training.train import in_groups, loss_of, loss_to, rate_share

SIZES = [2, 1, 3]


@pytest.fixture
def targets():
    labels = torch.tensor([1.0, 0, 0, 1, 0, 0])
    passage = torch.ones(6, 4, dtype=torch.bool)
    evidence = labels.unsqueeze(1) * torch.tensor([0.0, 1, 1, 0])
    nothing = torch.full((6,), -100)
    return {
        "labels": labels,
        "evidence": evidence,
        "passage": passage,
        "starts": torch.where(labels > 0, 1, nothing),
        "ends": torch.where(labels > 0, 2, nothing),
        "polarity": torch.where(labels > 0, 0, nothing),
    }


@pytest.fixture
def right(targets):
    """What a network gives that knows."""
    tokens = torch.zeros(6, 4, 6)
    tokens[..., 0] = 8 * targets["evidence"] - 4
    tokens[:, 1, 1] = tokens[:, 2, 2] = 5
    tokens[..., 3] = 5
    return 8 * targets["labels"] - 4, tokens


def test_each_thing_read_wrongly_costs(targets, right):
    judged, tokens = right
    for read in [
        (-judged, tokens),
        *((judged, tokens.index_fill(2, torch.tensor(i), 0.0)) for i in (0, 1, 2, 3)),
    ]:
        assert loss_of(read, targets, SIZES) > loss_of(right, targets, SIZES) + 0.05


def test_a_wrong_passage_costs_more_beside_the_right_one_of_its_question(targets, right):
    judged, tokens = right
    of_another = (judged + 8 * torch.tensor([0.0, 0, 1, 0, 0, 0]), tokens)
    of_the_same = (judged + 8 * torch.tensor([0.0, 0, 0, 0, 1, 0]), tokens)
    assert loss_of(of_the_same, targets, SIZES) > loss_of(of_another, targets, SIZES) + 0.05


def test_near_misses_alone_have_no_rank(targets, right):
    judged, tokens = right
    targets |= {"labels": torch.zeros(6)}
    assert loss_of((judged * 0 - 4, tokens), targets, SIZES).isfinite()


def test_nothing_is_nearer_to_a_teacher_than_what_it_read_itself(targets, right):
    judged, tokens = right
    other = (judged + torch.tensor([0.0, 3, 0, 0, 0, 2]), tokens)
    assert loss_to(right, right, targets, SIZES) < loss_to(right, other, targets, SIZES)


def test_groups_stand_in_rows_of_their_own():
    rows = in_groups(torch.arange(6.0), SIZES)
    assert rows.softmax(1).argmax(1).tolist() == [1, 0, 2]
    assert rows.shape == (3, 3)


def test_the_rate_rises_stays_and_falls_to_nothing():
    shares = [rate_share(step, 1000) for step in range(1001)]
    assert shares[0] < 0.05 and shares[30] == shares[500] == 1 and shares[-1] == 0


def test_training_begins_at_the_embedding_model():
    weights, steps = read_network(None)
    pretrained = BertModel.from_pretrained(bundled_model(), add_pooling_layer=False).state_dict()
    network = network_of(weights)
    assert steps == 0
    assert all(
        (network.encoder.state_dict()[name] == pretrained[name]).all() for name in pretrained
    )


def test_a_network_has_as_many_layers_as_its_weights():
    weights = ReaderNetwork(layers=2).state_dict()
    assert len(network_of(weights).encoder.encoder.layer) == 2


def test_a_deeper_network_begins_with_some_layers_twice():
    weights = ReaderNetwork(layers=3).state_dict()
    deeper = network_of(with_layers_twice(weights, [1])).encoder.encoder.layer
    before = network_of(weights).encoder.encoder.layer
    assert [next(old for old in range(3) if _same(before[old], layer)) for layer in deeper] == [
        0,
        1,
        1,
        2,
    ]


def _same(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return all(torch.equal(mine, yours) for mine, yours in pairs)
