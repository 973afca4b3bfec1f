"""Export a trained reader: `python -m training.export --networks FILE`.

Writes `bot/weights/`: the network as int8 ONNX, its tokenizer, and `reader.json` with the checksum
and the figures of the exported network beside those of the full one.
"""

import argparse
import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers.optimizer import optimize_model
from sklearn.metrics import roc_auc_score

from index.embedder import SentenceEmbedder, bundled_model
from training.batches import encode
from training.examples import READER, Example, Question, read_qa
from training.model import ReaderNetwork, network_of, read_network
from training.rounding import round_network

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
ROUNDED_BY = 24  # every so many questions to train on are read to round the weights by


def export_network(network: ReaderNetwork, target: Path) -> None:
    """Write the network as int8 ONNX, for batches of any size and length.

    Weights take seven bits: products of eight overflow on processors without VNNI, which would then
    read otherwise than those that have it.
    """
    full = target.with_suffix(".full")
    sample = torch.ones(2, 16, dtype=torch.long)
    torch.onnx.export(
        network,
        (sample, sample, sample),
        str(full),
        dynamo=False,
        input_names=INPUTS,
        output_names=["judged", "tokens"],
        dynamic_axes={
            **{name: {0: "batch", 1: "length"} for name in INPUTS},
            "judged": {0: "batch"},
            "tokens": {0: "batch", 1: "length"},
        },
        opset_version=17,
    )
    fused = optimize_model(
        str(full),
        model_type="bert",
        num_heads=network.encoder.config.num_attention_heads,
        hidden_size=network.encoder.config.hidden_size,
    )
    fused.save_model_to_file(str(full))
    quantize_dynamic(
        str(full),
        str(target),
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        # Fused operators are of a domain whose types are not inferred.
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )
    full.unlink()


def mean_weights(
    networks: Sequence[dict[str, torch.Tensor]], shares: Sequence[float]
) -> dict[str, torch.Tensor]:
    """The weighted mean of the weights of networks of one shape, which all came from one start."""
    return {
        name: sum(
            share / sum(shares) * network[name]
            for network, share in zip(networks, shares, strict=True)
        )
        for name in networks[0]
    }


def _inputs(question: Question) -> Iterator[dict[str, torch.Tensor]]:
    """What the network reads of a question beside each passage of its section."""
    for text in (*(a.passage for a in question.answering), *question.others):
        batch, _ = encode([Example(question.text, text, False)])
        length = int(batch["attention_mask"].sum())
        yield {name: batch[name][:, :length] for name in INPUTS}


def _judged(inputs: dict[str, torch.Tensor], session: onnxruntime.InferenceSession) -> float:
    given = {name: values.numpy() for name, values in inputs.items()}
    return float(session.run(["judged"], given)[0][0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--networks",
        type=Path,
        nargs="+",
        default=[Path("data/training/checkpoint.pt")],
        help="checkpoints or exported reader.onnx; of several the mean of their weights is taken",
    )
    parser.add_argument(
        "--shares", type=float, nargs="+", help="of the networks in the mean; equal if left out"
    )
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    READER.mkdir(parents=True, exist_ok=True)
    networks, steps = zip(*map(read_network, arguments.networks), strict=True)
    shares = arguments.shares or [1.0] * len(networks)
    network = network_of(mean_weights(networks, shares)).eval()
    count_tokens = SentenceEmbedder().count_tokens
    asked, dev = (
        read_qa(arguments.shared / f"data/qa/{name}.jsonl", count_tokens)
        for name in ("train", "dev")
    )
    with torch.no_grad():
        full = [max(float(network(**each)[0]) for each in _inputs(q)) for q in dev]
    print("Rounding the weights; this takes some minutes.", flush=True)
    round_network(network, [each for q in asked[::ROUNDED_BY] for each in _inputs(q)])
    target = READER / "reader.onnx"
    export_network(network, target)
    shutil.copy(bundled_model() / "tokenizer.json", READER / "tokenizer.json")

    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    exported = [max(_judged(each, session) for each in _inputs(q)) for q in dev]
    labels = [question.answerable for question in dev]
    card = {
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        # Until training.calibrate has fitted the blend, the network alone decides.
        "regressions": {
            "passage": [1.0] + 5 * [0.0],
            "unit": [1.0] + 3 * [0.0],
            "confidence": [1.0] + 9 * [0.0],
        },
        "steps": steps,
        "near_miss_auroc_full": round(float(roc_auc_score(labels, full)), 4),
        "near_miss_auroc_int8": round(float(roc_auc_score(labels, exported)), 4),
        "largest_logit_difference": round(float(np.abs(np.array(full) - exported).max()), 3),
        "bytes": target.stat().st_size,
    }
    (READER / "reader.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card))


if __name__ == "__main__":
    main()
