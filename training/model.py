"""The reader's network: a cross-encoder that judges a passage and points into it, in one pass."""

from pathlib import Path

import torch
from torch import nn
from transformers import AttentionInterface, AutoModel
from transformers.masking_utils import AttentionMaskInterface, eager_mask

from index.embedder import bundled_model
from training.network_file import read_weights

POLARITIES = ("yes", "no", "depends")


def narrow_attention(
    module: nn.Module, query, key, value, attention_mask, scaling=None, **_
) -> tuple[torch.Tensor, torch.Tensor]:
    """Plain attention that stays in the precision of its inputs, mask and softmax included.

    In bfloat16 it trains up to twice as fast as the library's, which goes on in float32 from the
    mask on, and as the fused one. No dropout: drawing random numbers takes as long as a layer.
    """
    scores = torch.matmul(query * scaling, key.transpose(2, 3))
    if attention_mask is not None:
        scores = scores + attention_mask.to(scores.dtype)
    with torch.autocast("cpu", enabled=False):
        shares = torch.softmax(scores, dim=-1)
    return torch.matmul(shares, value).transpose(1, 2).contiguous(), shares


AttentionInterface.register("narrow", narrow_attention)
AttentionMaskInterface.register("narrow", eager_mask)


class ReaderNetwork(nn.Module):
    """all-MiniLM-L6-v2 over question and passage, with a head for each of the reader's tasks.

    In: token ids, attention mask and token types, each of shape (batch, tokens).
    Out: the logit that the passage answers the question, shape (batch,); and for each token six
    logits, shape (batch, tokens, 6): that it belongs to the evidence, starts the answer, ends it,
    and what it says to a question for yes or no, as in `POLARITIES`.
    """

    def __init__(self, attention: str = "sdpa"):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            bundled_model(),
            add_pooling_layer=False,
            attn_implementation=attention,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        width = self.encoder.config.hidden_size
        self.tokens = nn.Linear(width, 3 + len(POLARITIES))
        self.judge = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(3 * width, width), nn.GELU(), nn.Linear(width, 1)
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


def read_network(file: Path) -> tuple[dict[str, torch.Tensor], int]:
    """The weights of a network and the steps it was trained for.

    `file` is a checkpoint of the training or an exported `reader.onnx`, which tells no steps.
    """
    if file.suffix == ".onnx":
        return read_weights(file), 0
    state = torch.load(file, weights_only=True)
    return state["network"], state["done"]
