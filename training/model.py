"""The reader's network: a cross-encoder that judges a passage and points into it, in one pass."""

import torch
from torch import nn
from transformers import AutoModel


class ReaderNetwork(nn.Module):
    """all-MiniLM-L6-v2 over question and passage, with one head for each of the reader's tasks.

    In: token ids, attention mask and token types, each of shape (batch, tokens).
    Out: the logit that the passage answers the question, shape (batch,); and for each token the
    logits that it belongs to the evidence, starts the answer and ends it, shape (batch, tokens, 3).
    """

    def __init__(self, weights: str):
        super().__init__()
        # On a processor, plain attention without dropout trains 1.7 times as fast as the fused one
        # with it: drawing random numbers takes as long as a layer.
        self.encoder = AutoModel.from_pretrained(
            weights,
            add_pooling_layer=False,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        width = self.encoder.config.hidden_size
        self.tokens = nn.Linear(width, 3)
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
