"""The reference's near misses and answered questions, each with its own section: a yardstick."""

from collections.abc import Iterator
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from training.examples import Example, read_qa
from training.train import encode_batch


def read_near_misses(dev: Path, tokenizer: PreTrainedTokenizerBase) -> Iterator[tuple[bool, dict]]:
    """Whether the section of a question answers it, and the batch of token tensors of its passages.

    The question counts by the highest logit among its passages.
    """
    for question in read_qa(dev, lambda text: len(tokenizer.encode(text, verbose=False))):
        own = [answered.passage for answered in question.answering] + list(question.others)
        batch, _ = encode_batch(tokenizer, [Example(question.text, text, False) for text in own])
        yield question.answerable, batch
