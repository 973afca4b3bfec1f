"""Take a network back out of its export: `python -m training.restore --weights MODEL --network FILE
--heads CHECKPOINT --out CHECKPOINT`.

An export is all that is kept of a training. Its int8 weights, multiplied by their scales, are near
enough to the trained ones to average with those of a later training, or to train on from. Heads
that the export lacks, and the judgement's, whose hidden units are in no common order, are taken
from the other checkpoint.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training.model import ReaderNetwork

_MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)  # of a layer, in the order in which they are used


def restore(network: Path, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The state with the layers and the heads for tokens of an export in the place of its own.

    The embeddings are not trained.

    Raises ValueError when the export is of a network of another shape.
    """
    graph = onnx.load(str(network)).graph
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    # The export names matrices by number; they stand in the order in which they are used.
    matrices = [
        _dequantized(stored, name.removesuffix("_quantized"))
        for node in graph.node
        if node.op_type == "MatMulInteger"
        for name in node.input
        if name in stored and name.endswith("_quantized")
    ]
    restored = dict(state)
    layers = 1 + max(int(name.split(".")[3]) for name in state if ".layer." in name)
    names = [
        f"encoder.encoder.layer.{layer}.{part}.weight"
        for layer in range(layers)
        for part in _MATRICES
    ]
    for name, matrix in zip(names, matrices, strict=False):
        if state[name].shape != matrix.T.shape:
            raise ValueError(f"{network} holds no {name} of shape {tuple(state[name].shape)}.")
        restored[name] = torch.tensor(matrix.T.copy())
    for name in state:
        if name.startswith("encoder.") and name in stored:
            restored[name] = torch.tensor(stored[name].copy())
    heads = matrices[len(names)].T
    for name, values in (("tokens.weight", heads), ("tokens.bias", stored["tokens.bias"])):
        restored[name] = torch.cat([torch.tensor(values.copy()), state[name][len(values) :]])
    return restored


def _dequantized(stored: dict[str, np.ndarray], name: str) -> np.ndarray:
    zero = stored[f"{name}_zero_point"].astype(np.float32)
    return (stored[f"{name}_quantized"].astype(np.float32) - zero) * stored[f"{name}_scale"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--network", type=Path, required=True, help="an exported reader.onnx")
    parser.add_argument("--heads", type=Path, required=True, help="checkpoint that gives the heads")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    saved = torch.load(arguments.heads, weights_only=True)
    network = ReaderNetwork(arguments.weights)
    network.load_state_dict(restore(arguments.network, saved["network"]))
    torch.save({"network": network.state_dict(), "done": 0}, arguments.out)


if __name__ == "__main__":
    main()
