"""Take a network back out of its export: `python -m training.restore --weights MODEL --network FILE
--out CHECKPOINT`.

An export is all that is kept of a training. What is taken out of it is near enough to the trained
weights to average with those of a later training, or to train on from.
"""

import argparse
from pathlib import Path

import torch

from training.model import ReaderNetwork
from training.network_file import read_weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", required=True, help="folder that training started from")
    parser.add_argument("--network", type=Path, required=True, help="an exported reader.onnx")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    network = ReaderNetwork(arguments.weights)
    network.load_state_dict(read_weights(arguments.network))
    torch.save({"network": network.state_dict(), "done": 0}, arguments.out)


if __name__ == "__main__":
    main()
