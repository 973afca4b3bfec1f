"""Round the weights of a network to few steps, so that what its layers give changes least."""

from collections.abc import Iterable, Iterator

import torch
from torch import nn

from training.model import ReaderNetwork

STEPS = 64  # of a weight, to either side of 0: seven bits
DAMPED = 0.01  # of the mean square of the inputs, added to each: the squares are then inverted
SHARES = torch.linspace(0.7, 1, 13)  # of the largest weight, that the last step may stand for


@torch.no_grad()
def round_network(network: ReaderNetwork, inputs: Iterable[dict[str, torch.Tensor]]) -> None:
    """Round all matrices of a network in place, layer by layer.

    `inputs` are what the network reads, without padding. Each layer makes up for what was rounded
    before it, as far as that shows in them.
    """
    inputs = list(inputs)
    for together in _layers(network):
        squares = _squares(network, together, inputs)
        for module, square in squares.items():
            module.weight.copy_(rounded(module.weight, square))


def rounded(weight: torch.Tensor, square: torch.Tensor) -> torch.Tensor:
    """A matrix, of shape (out, in), whose rows hold whole multiples of a step of their own.

    The largest of a row is STEPS of them, so that the step can be told from the row. `square`, of
    shape (in, in), is the sum over inputs x of x xᵀ. One column is rounded after the other, and the
    columns to come are changed so that the products change least: Frantar and others, "GPTQ:
    Accurate post-training quantization for generative pre-trained transformers" (2023).
    """
    rest = weight.T.to(torch.float64, copy=True)
    added = DAMPED * square.diagonal().mean().clamp(min=1e-9)
    square = square.double() + added * torch.eye(len(square))
    # The rows of this factor of the inverse say how the columns to come make up for each one.
    makes_up = torch.linalg.cholesky(torch.linalg.inv(square), upper=True)
    step = _steps(rest, square.diagonal())
    largest = rest.abs().argmax(0)
    result = torch.empty_like(rest)
    for i, row in enumerate(rest):
        whole = (row / step).round().clamp(-STEPS, STEPS)
        whole = torch.where(largest == i, STEPS * row.sign(), whole)
        result[i] = whole * step
        missed = (row - result[i]) / makes_up[i, i]
        rest[i + 1 :] -= torch.outer(makes_up[i, i + 1 :], missed)
    return result.T.to(weight.dtype)


def _steps(columns: torch.Tensor, importance: torch.Tensor) -> torch.Tensor:
    """The step of each column by which rounding misses least, the inputs' squares considered."""
    largest = columns.abs().amax(0).clamp(min=1e-9)
    steps = torch.stack([share * largest / STEPS for share in SHARES.double()])
    missed = []
    for step in steps:
        nearest = (columns / step).round().clamp(-STEPS, STEPS) * step
        missed.append(importance @ (columns - nearest) ** 2)
    return steps.gather(0, torch.stack(missed).argmin(0, keepdim=True))[0]


def _layers(network: ReaderNetwork) -> Iterator[list[nn.Linear]]:
    """The matrices in the order in which they are used; those of one layer together."""
    for layer in network.encoder.encoder.layer:
        yield [module for module in layer.modules() if isinstance(module, nn.Linear)]
    yield [network.tokens, *(m for m in network.judge if isinstance(m, nn.Linear))]


def _squares(
    network: ReaderNetwork, modules: list[nn.Linear], inputs: list[dict[str, torch.Tensor]]
) -> dict[nn.Linear, torch.Tensor]:
    """For each module the sum of x xᵀ over all that it is given while the network reads."""
    squares = {m: torch.zeros(m.in_features, m.in_features) for m in modules}

    def add(module: nn.Linear, given: tuple[torch.Tensor, ...]) -> None:
        x = given[0].reshape(-1, module.in_features)
        squares[module] += x.T @ x

    hooks = [module.register_forward_pre_hook(add) for module in modules]
    for each in inputs:
        network(**each)
    for hook in hooks:
        hook.remove()
    return squares
