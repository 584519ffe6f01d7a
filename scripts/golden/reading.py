"""What transformers and PEFT read of files in less usual forms: log-probabilities of a text.

    python3 -m venv .venv-golden && .venv-golden/bin/pip install torch transformers peft
    .venv-golden/bin/python scripts/golden/reading.py > test/golden/reading.json

Values of tensors come from a generator that test/checkpoint/reading.test.ts repeats, so that none need be stored.
"""
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")
warnings.simplefilter("ignore")

import peft
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import CONFIG_MAPPING, AutoModel, AutoModelForCausalLM
from uniform import Uniform

IDS = [5, 17, 40, 3, 3, 28, 60, 12]
PLAIN = dict(
    vocab_size=61, hidden_size=16, num_hidden_layers=3, num_attention_heads=2, num_key_value_heads=1,
    intermediate_size=24, max_position_embeddings=64, rms_norm_eps=1e-5, tie_word_embeddings=True,
    bos_token_id=1, eos_token_id=60, pad_token_id=None,
)
YARN = dict(rope_type="yarn", rope_theta=500.0, factor=4.0, original_max_position_embeddings=16)


def filled(tensors, seed):
    """Values for tensors, in the order of their names."""
    uniform = Uniform(seed)
    found = {}
    for name in sorted(tensors):
        norm = name.endswith("norm.weight")
        centre, width = (1.0, 0.4) if norm else (0.0, 0.8)
        values = [uniform() - 0.5 for _ in range(tensors[name].numel())]
        tensor = torch.tensor(values, dtype=torch.float64).mul(width).add(centre)
        found[name] = tensor.view_as(tensors[name]).float()
    return found


def shapes(tensors):
    return {name: list(tensors[name].shape) for name in sorted(tensors)}


@torch.no_grad()
def logprobs(model):
    every = torch.log_softmax(model.eval()(torch.tensor([IDS])).logits[0].double(), -1)
    return [round(every[i, token].item(), 7) for i, token in enumerate(IDS[1:])]


def load(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")


def write(folder, kind, options, change=lambda tensors: tensors, bare=False):
    """A model directory as transformers saves it, with changed tensors and drawn values."""
    config = CONFIG_MAPPING[kind](**{**PLAIN, **options})
    (AutoModel if bare else AutoModelForCausalLM).from_config(config).save_pretrained(folder)
    file = folder / "model.safetensors"
    tensors = filled(change(load_file(file)), 7)
    save_file(tensors, file, metadata={"format": "pt"})
    return tensors


def model_case(name, kind, options, **ways):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "model"
        tensors = write(folder, kind, options, **ways)
        config = json.loads((folder / "config.json").read_text())
        return {"name": name, "config": config, "weights": shapes(tensors), "logprobs": logprobs(load(folder))}


def adapter_case(name, kind="llama", **options):
    with tempfile.TemporaryDirectory() as root:
        base, folder = Path(root) / "base", Path(root) / "adapter"
        tensors = write(base, kind, {})
        model = get_peft_model(load(base), LoraConfig(task_type="CAUSAL_LM", **{"r": 2, "lora_alpha": 6, **options}))
        model.peft_config["default"].base_model_name_or_path = "../base"
        model.save_pretrained(folder)
        file = folder / "adapter_model.safetensors"
        adapters = filled(load_file(file), 11)
        save_file(adapters, file, metadata={"format": "pt"})
        adapted = PeftModel.from_pretrained(load(base), folder)
        return {
            "name": name, "config": json.loads((base / "config.json").read_text()), "weights": shapes(tensors),
            "adapter": json.loads((folder / "adapter_config.json").read_text()), "matrices": shapes(adapters),
            "logprobs": logprobs(adapted),
        }


def with_head(tensors):
    return {**tensors, "lm_head.weight": tensors["model.embed_tokens.weight"].clone()}


def head_alone(tensors):
    return {"lm_head.weight" if name == "model.embed_tokens.weight" else name: tensors[name] for name in tensors}


CASES = [
    model_case("tied by the config, two matrices in the file", "llama", {}, change=with_head),
    model_case("tied by the config, the output matrix alone in the file", "qwen2", {}, change=head_alone),
    model_case("names without model., from AutoModel", "llama", {}, bare=True),
    model_case("gemma3 from AutoModel", "gemma3_text", dict(head_dim=8, sliding_window=4), bare=True),
    model_case("yarn by mscale", "llama", dict(rope_parameters=dict(YARN, mscale=1.5, mscale_all_dim=0.7))),
    model_case("yarn, not truncated", "llama", dict(rope_parameters=dict(YARN, truncate=False))),
    adapter_case("targets by default", target_modules=None),
    adapter_case("targets by a regular expression", target_modules=r"(?P<all>.*)\.[02]\.(?:self_attn\.[qv]|mlp\.up)_proj"),
    adapter_case("targets by whole names", target_modules=["model.layers.1.self_attn.o_proj", "down_proj"]),
    adapter_case("all-linear", kind="gemma3_text", target_modules="all-linear"),
    adapter_case("some layers", target_modules=["q_proj", "gate_proj"], layers_to_transform=[0, 2]),
    adapter_case("one layer, by the name of the list", target_modules=["v_proj"], layers_to_transform=1, layers_pattern="layers"),
    adapter_case("without some", target_modules=["q_proj", "k_proj"], exclude_modules=r".*\.1\..*"),
    adapter_case("other ranks and alphas", target_modules=["q_proj", "v_proj", "down_proj"], use_rslora=True,
                 rank_pattern={"down_proj": 5, r"layers\.0\..*": 3}, alpha_pattern={r"model\.layers\.2\.self_attn\.q_proj": 20}),
    adapter_case("empty lists", target_modules=["q_proj"], modules_to_save=[], layers_to_transform=[], layers_pattern=[]),
]
versions = {
    "python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers.__version__,
    "peft": peft.__version__,
}
json.dump({"versions": versions, "ids": IDS, "cases": CASES}, sys.stdout)
