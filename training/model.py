"""The reader's network: a cross-encoder that judges a passage and points into it, in one pass."""

import torch
from torch import nn
from transformers import AttentionInterface, BertForSequenceClassification
from transformers.masking_utils import AttentionMaskInterface, eager_mask

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
    """A pretrained cross-encoder over question and passage, with a head for each of the tasks.

    In: token ids, attention mask and token types, each of shape (batch, tokens).
    Out: how relevant the passage is, as the pretrained ranker says it, shape (batch,); the logit
    that it answers the question, shape (batch,); and for each token six logits, shape
    (batch, tokens, 6): that it belongs to the evidence, starts the answer, ends it, and what it
    says to a question for yes or no, as in `POLARITIES`.
    """

    def __init__(self, weights: str, attention: str = "narrow"):
        super().__init__()
        pretrained = BertForSequenceClassification.from_pretrained(
            weights,
            attn_implementation=attention,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        self.encoder = pretrained.bert
        self.relevance = pretrained.classifier
        width = self.encoder.config.hidden_size
        self.tokens = nn.Linear(width, 3 + len(POLARITIES))
        self.judge = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(3 * width, width), nn.GELU(), nn.Linear(width, 1)
        )
        # What the passage's tokens say is added to the pretrained relevance, from nothing on.
        nn.init.zeros_(self.judge[-1].weight)
        nn.init.zeros_(self.judge[-1].bias)
        self.relied_on = nn.Parameter(torch.tensor(0.3))

    def forward(self, input_ids, attention_mask, token_type_ids):
        encoded = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        )
        hidden = encoded.last_hidden_state
        passage = (token_type_ids * attention_mask).unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * passage).sum(1) / passage.sum(1).clamp(min=1)
        peak = (hidden - 1e4 * (1 - passage)).max(1).values
        relevance = self.relevance(encoded.pooler_output)
        read = self.judge(torch.cat([encoded.pooler_output, mean, peak], dim=-1))
        # What judging learns leaves the ranking as it is: they differ on near misses.
        judged = self.relied_on * relevance.detach() + read
        return relevance.squeeze(-1), judged.squeeze(-1), self.tokens(hidden)


class Teacher(nn.Module):
    """The pretrained ranker of all layers, which shares the lowest, fixed ones with a network.

    It goes on from where the network's last pass left its fixed layers, which saves running them.
    """

    def __init__(self, weights: str, network: ReaderNetwork, shared: int):
        super().__init__()
        pretrained = BertForSequenceClassification.from_pretrained(
            weights, attn_implementation="sdpa"
        )
        self.layers = pretrained.bert.encoder.layer[shared:]
        self.pooler = pretrained.bert.pooler
        self.classifier = pretrained.classifier
        self.eval()
        network.encoder.encoder.layer[shared - 1].register_forward_hook(self._keep)

    def _keep(self, _: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        self._hidden, self._mask = output.detach(), inputs[1]

    @torch.no_grad()
    def forward(self) -> torch.Tensor:
        """The relevance of each passage of the network's last pass, shape (batch,)."""
        hidden = self._hidden
        for layer in self.layers:
            hidden = layer(hidden, self._mask)
        return self.classifier(self.pooler(hidden)).squeeze(-1)
