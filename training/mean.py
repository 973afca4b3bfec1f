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

from training.calibrate import write_card
from training.examples import Example, read_qa
from training.network_file import dequantized, matrix_names
from training.train import encode_batch

TARGET = Path(__file__).parents[1] / "bot" / "weights"
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


def near_miss_auroc(file: Path, dev: Path) -> float:
    """How well an exported network alone tells the reference's near misses from what is answered.

    `bot/weights/` holds its tokenizer.
    """
    tokenizer = BertTokenizerFast.from_pretrained(TARGET)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    labels, scores = [], []
    for question in read_qa(dev, lambda text: len(tokenizer.encode(text, verbose=False))):
        own = [a.passage for a in question.answering] + list(question.others)
        batch, _ = encode_batch(tokenizer, [Example(question.text, text, False) for text in own])
        judged = session.run(["judged"], {name: rows.numpy() for name, rows in batch.items()})[0]
        labels.append(question.answerable)
        scores.append(judged.max())
    return round(float(roc_auc_score(labels, scores)), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=Path, help="an exported reader.onnx, whose heads stay")
    parser.add_argument("other", type=Path, help="another of the same shape")
    parser.add_argument("--share", type=float, default=0.5, help="of the other in the mean")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments = parser.parse_args()
    files = (arguments.first, arguments.other)
    mean = mean_network(*map(onnx.load, map(str, files)), arguments.share)
    mean_of = {
        hashlib.sha256(file.read_bytes()).hexdigest(): share
        for file, share in zip(files, (1 - arguments.share, arguments.share), strict=True)
    }
    target = TARGET / "reader.onnx"
    onnx.save(mean, str(target))
    card = json.loads((TARGET / "reader.json").read_text(encoding="utf-8"))
    kept = {"regressions": card["regressions"]}
    (TARGET / "reader.json").write_text(json.dumps(kept), encoding="utf-8")
    write_card(
        {},
        sha256=hashlib.sha256(target.read_bytes()).hexdigest(),
        mean_of=mean_of,
        near_miss_auroc_int8=near_miss_auroc(target, arguments.shared / "data/qa/dev.jsonl"),
        bytes=target.stat().st_size,
    )


if __name__ == "__main__":
    main()
