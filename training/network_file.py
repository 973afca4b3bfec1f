"""Read the weights of a BERT back out of an int8 ONNX file, which may be all that is kept of it."""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper


def read_weights(file: Path) -> dict[str, torch.Tensor]:
    """The weights by the names of the modules that they were exported from, in float32.

    int8 weights are multiplied by their scales, which is near enough to what was quantized to
    average with others or to train on from. A matrix goes by a number in the file; its name is that
    of the bias that is added to its products.
    """
    graph = onnx.load(str(file)).graph
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    users: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    weights = {
        name: torch.tensor(values.copy())
        for name, values in stored.items()
        # A parameter of the network itself has a plain name; what the exporter adds has none.
        if name.endswith((".weight", ".bias")) or name.isidentifier()
    }
    for name in stored:
        if name.endswith(".weight_quantized"):
            base = name.removesuffix("_quantized")
            weights[base] = torch.tensor(_dequantized(stored, base))
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1] in stored:
            matrix = _dequantized(stored, node.input[1].removesuffix("_quantized"))
            bias = _bias_after(node, users, stored)
            weights[bias.removesuffix("bias") + "weight"] = torch.tensor(matrix.T.copy())
    return weights


def _bias_after(node: onnx.NodeProto, users: dict, stored: dict) -> str:
    """The name of the bias that is added to a product, behind the steps that scale it."""
    following = list(users[node.output[0]])
    while following:
        user = following.pop(0)
        # Where a bias is fused into a norm, it comes last, after the norm's own.
        for name in reversed(user.input):
            if name in stored and name.endswith(".bias"):
                return name
        if user.op_type in ("Cast", "Mul"):
            following += users[user.output[0]]
    raise ValueError(f"No bias follows {node.name}: its weights cannot be named.")


def _dequantized(stored: dict[str, np.ndarray], name: str) -> np.ndarray:
    zero = stored[f"{name}_zero_point"].astype(np.float32)
    return (stored[f"{name}_quantized"].astype(np.float32) - zero) * stored[f"{name}_scale"]
