"""Weights are rounded to few steps so that what their layers give changes least."""

import pytest
import torch

from training.model import ReaderNetwork
from training.rounding import STEPS, round_network, rounded


@pytest.fixture
def weight():
    return torch.randn(24, 40, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def inputs():
    """Inputs of which a few directions hold nearly everything, as a layer's do."""
    generator = torch.Generator().manual_seed(2)
    shared = torch.randn(600, 6, generator=generator) @ torch.randn(6, 40, generator=generator)
    return shared + 0.1 * torch.randn(600, 40, generator=generator)


def nearest_steps(weight):
    step = weight.abs().amax(1, keepdim=True) / STEPS
    return (weight / step).round() * step


def test_a_row_holds_whole_steps_of_which_the_largest_has_all(weight, inputs):
    result = rounded(weight, inputs.T @ inputs)
    whole = result / result.abs().amax(1, keepdim=True) * STEPS
    assert torch.allclose(whole, whole.round(), atol=1e-3)


def test_products_change_less_than_by_rounding_to_the_nearest_step(weight, inputs):
    exact = inputs @ weight.T
    ours = inputs @ rounded(weight, inputs.T @ inputs).T - exact
    nearest = inputs @ nearest_steps(weight).T - exact
    assert ours.square().mean() < 0.25 * nearest.square().mean()


def test_inputs_that_are_always_zero_do_no_harm(weight, inputs):
    inputs[:, 3] = 0
    assert rounded(weight, inputs.T @ inputs).isfinite().all()


def test_a_network_of_rounded_weights_judges_as_before():
    torch.manual_seed(3)
    network = ReaderNetwork().eval()
    read = [
        {
            "input_ids": torch.randint(1000, 2000, (1, 30)),
            "attention_mask": torch.ones(1, 30, dtype=torch.long),
            "token_type_ids": (torch.arange(30) > 9).long()[None],
        }
        for _ in range(12)
    ]
    with torch.no_grad():
        before = torch.cat([network(**each)[0] for each in read])
        round_network(network, read)
        after = torch.cat([network(**each)[0] for each in read])
    query = network.encoder.encoder.layer[0].attention.self.query.weight
    assert torch.allclose(query, nearest_steps(query), atol=1e-5)
    assert (after - before).abs().max() < 0.2 * before.std()
