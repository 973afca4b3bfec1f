"""The reader's network: a cross-encoder that judges a passage and points into it, in one pass."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import nn
from transformers import BertConfig, BertModel

from training.examples import POLARITIES

DROPPED = 0.1  # of the hidden values, while training
LAYER = "encoder.encoder.layer."  # before its number, in the names of a layer's weights


class ReaderNetwork(nn.Module):
    """all-MiniLM-L6-v2 over question and passage, with a head for each of the reader's tasks.

    In: token ids, attention mask and token types, each of shape (batch, tokens).
    Out: the logit that the passage answers the question, shape (batch,); and for each token six
    logits, shape (batch, tokens, 6): that it belongs to the evidence, starts the answer, ends it,
    and what it says to a question for yes or no, as in `POLARITIES`.
    """

    def __init__(self, layers: int = 6):
        super().__init__()
        shape = BertConfig(
            hidden_size=384,
            intermediate_size=1536,
            num_attention_heads=12,
            num_hidden_layers=layers,
            hidden_dropout_prob=DROPPED,
            attention_probs_dropout_prob=0.0,
            attn_implementation="sdpa",
        )
        self.encoder = BertModel(shape, add_pooling_layer=False)
        self.tokens = nn.Linear(shape.hidden_size, 3 + len(POLARITIES))
        self.judge = nn.Sequential(
            nn.Dropout(0.1),
            nn.Linear(3 * shape.hidden_size, shape.hidden_size),
            nn.GELU(),
            nn.Linear(shape.hidden_size, 1),
        )

    def forward(self, input_ids, attention_mask, token_type_ids):
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        passage = (token_type_ids * attention_mask).unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * passage).sum(1) / passage.sum(1).clamp(min=1)
        peak = (hidden - 1e4 * (1 - passage)).max(1).values
        judged = self.judge(torch.cat([hidden[:, 0], mean, peak], dim=-1)).squeeze(-1)
        return judged, self.tokens(hidden)


def read_network(file: Path | None) -> tuple[dict[str, torch.Tensor], int]:
    """The weights of a network and the steps it was trained for.

    `file` is a checkpoint of the training or an exported `reader.onnx`, which tells no steps; None
    gives those of all-MiniLM-L6-v2, with heads that know nothing. What only one of these needs is
    loaded for it alone.
    """
    if file is None:
        from index.embedder import bundled_model

        network = ReaderNetwork()
        pretrained = BertModel.from_pretrained(bundled_model(), add_pooling_layer=False)
        network.encoder.load_state_dict(pretrained.state_dict())
        return network.state_dict(), 0
    if file.suffix == ".onnx":
        from training.network_file import read_weights

        return read_weights(file), 0
    state = torch.load(file, weights_only=True, map_location="cpu")
    return state["network"], state["done"]


def network_of(weights: Mapping[str, torch.Tensor]) -> ReaderNetwork:
    """A network with some weights, of whatever precision they are, and as many layers."""
    network = ReaderNetwork(_layers_of(weights))
    network.load_state_dict({name: values.float() for name, values in weights.items()})
    return network


def with_layers_twice(
    weights: Mapping[str, torch.Tensor], twice: Sequence[int]
) -> dict[str, torch.Tensor]:
    """The weights of a deeper network, in which some layers, by number from 0, come twice.

    A start for its training ("depth up-scaling", Kim et al., "SOLAR 10.7B", 2023): each layer adds
    to what those before it gave, so one that comes again disturbs little.
    """
    order = sorted([*range(_layers_of(weights)), *twice])
    deeper = {name: values for name, values in weights.items() if not name.startswith(LAYER)}
    for new, old in enumerate(order):
        beginning = f"{LAYER}{old}."
        for name, values in weights.items():
            if name.startswith(beginning):
                deeper[f"{LAYER}{new}.{name.removeprefix(beginning)}"] = values.clone()
    return deeper


def _layers_of(weights: Mapping[str, torch.Tensor]) -> int:
    return len({name.split(".")[3] for name in weights if name.startswith(LAYER)})
