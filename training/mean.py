"""Average two exported readers: `python -m training.mean FIRST.onnx OTHER.onnx --share 0.5`.

Two trainings from one start are each better at something, and the mean of their weights is often
nearly as good at both (Wortsman et al., "Model soups", 2022). An export is all that is kept of a
training, so their exports are averaged. Writes the network and its checksum to `bot/weights/`;
`training.calibrate` comes next.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from sklearn.metrics import roc_auc_score
from transformers import BertTokenizerFast

from bot.reader import WEIGHTS
from training.near_miss import read_near_misses
from training.network_file import dequantized, matrix_names

CARD = WEIGHTS / "reader.json"
LARGEST = 63  # seven bits: products of eight overflow on processors without VNNI


def mean_network(first: onnx.ModelProto, other: onnx.ModelProto, share: float) -> onnx.ModelProto:
    """The first network with `share` of the other's encoder in its own; its heads stay.

    Hidden units of the heads are in no common order, and those of one head judge the mean as well.
    Raises ValueError when the encoders differ in shape.
    """
    mean = onnx.ModelProto()
    mean.CopyFrom(first)
    stored = {each.name: each for each in mean.graph.initializer}
    values = {name: numpy_helper.to_array(each) for name, each in stored.items()}
    others = {each.name: numpy_helper.to_array(each) for each in other.graph.initializer}

    def put(name: str, value: np.ndarray) -> None:
        stored[name].CopyFrom(numpy_helper.from_array(value, name))

    def mixed(own: np.ndarray, its: np.ndarray) -> np.ndarray:
        if own.shape != its.shape:
            raise ValueError(f"The networks differ in shape: {own.shape} and {its.shape}.")
        return ((1 - share) * own + share * its).astype(np.float32)

    its_names = matrix_names(other.graph)
    for name, parameter in matrix_names(first.graph).items():
        if not parameter.startswith("encoder."):
            continue
        its_name = next(key for key, value in its_names.items() if value == parameter)
        matrix = mixed(dequantized(values, name), dequantized(others, its_name))
        scale = np.abs(matrix).max(axis=0) / LARGEST
        put(f"{name}_quantized", np.round(matrix / scale).astype(np.int8))
        put(f"{name}_scale", scale.astype(np.float32))
    for name, value in values.items():
        # The embeddings, which are not trained, are the same.
        if name.startswith("encoder.encoder.") and value.dtype == np.float32:
            put(name, mixed(value, others[name]))
    return mean


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=Path, help="an exported reader.onnx, whose heads stay")
    parser.add_argument("other", type=Path, help="another of the same shape")
    parser.add_argument("--share", type=float, default=0.5, help="of the other in the mean")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    networks = [onnx.load(str(file)) for file in (arguments.first, arguments.other)]
    target = WEIGHTS / "reader.onnx"
    mean_of = {_checksum(arguments.first): 1 - arguments.share}
    mean_of |= {_checksum(arguments.other): arguments.share}
    onnx.save(mean_network(*networks, arguments.share), str(target))

    tokenizer = BertTokenizerFast.from_pretrained(WEIGHTS)
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    labels, scores = [], []
    for answerable, batch in read_near_misses(arguments.shared / "data/qa/dev.jsonl", tokenizer):
        judged = session.run(["judged"], {name: rows.numpy() for name, rows in batch.items()})[0]
        labels.append(answerable)
        scores.append(judged.max())
    card = {
        # Of the weights before, until training.calibrate has fitted them anew.
        "regressions": json.loads(CARD.read_text(encoding="utf-8"))["regressions"],
        "sha256": _checksum(target),
        "mean_of": mean_of,
        "near_miss_auroc_int8": round(float(roc_auc_score(labels, scores)), 4),
        "bytes": target.stat().st_size,
    }
    CARD.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card))


def _checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
