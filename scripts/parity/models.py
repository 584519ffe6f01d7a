"""Python's side of the parity run of models: transformers and PEFT.

    models.py make FOLDER SEED    random models of every architecture, adapters, texts, and how likely they are
    models.py check FOLDER        the same of what was written there by us

Each model is a folder with `theirs/` and later `ours/`, `adapter/` (theirs) and `our-adapter/`, `merged/`, beside
`texts.json` and `expected.json`: log-probabilities of texts, and greedy continuations.
"""
import json
import os
import random
import sys
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", TRANSFORMERS_VERBOSITY="error")

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import CONFIG_MAPPING, AutoModelForCausalLM

torch.set_num_threads(1)  # tiny products
NEW = 64
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def random_config(kind, draw):
    heads = draw.choice([2, 4, 6])
    keys = draw.choice([k for k in (1, 2, 3, heads) if heads % k == 0])
    dim = draw.choice([4, 8, 10, 16])
    common = dict(
        vocab_size=draw.choice([64, 131, 1024]), hidden_size=heads * dim, num_hidden_layers=draw.choice([1, 2, 4]),
        num_attention_heads=heads, num_key_value_heads=keys, intermediate_size=draw.choice([24, 56, 96]),
        max_position_embeddings=draw.choice([128, 256]), rms_norm_eps=draw.choice([1e-5, 1e-6]),
        tie_word_embeddings=draw.random() < 0.5, bos_token_id=1, eos_token_id=2, pad_token_id=None,
        initializer_range=0.3,
    )
    theta = draw.choice([1e4, 5e5, 1e6])
    rope = draw.choice([
        dict(rope_type="default"), dict(rope_type="linear", factor=draw.choice([2.0, 4.0])),
        dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=draw.choice([2.0, 4.0]),
             original_max_position_embeddings=draw.choice([16, 64])),
        dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=32),
    ])
    common["rope_parameters"] = dict(rope, rope_theta=theta)
    flag = lambda: draw.random() < 0.5
    if kind == "llama":
        common.update(attention_bias=flag(), mlp_bias=flag())
    if kind == "mistral":
        common.update(sliding_window=draw.choice([None, 3, 17]), head_dim=draw.choice([None, 8]))
    if kind == "qwen2":
        common.update(use_sliding_window=flag(), sliding_window=draw.choice([4, 11]), max_window_layers=1)
    if kind == "qwen3":
        common.update(head_dim=draw.choice([8, 12]), attention_bias=flag(), use_sliding_window=flag(),
                      sliding_window=9, max_window_layers=1)
    if kind == "gemma3_text":
        plain = rope["rope_type"] != "linear"
        full = dict(rope_type="default", rope_theta=theta) if plain else dict(rope, rope_theta=theta)
        common.update(head_dim=draw.choice([8, 12]), query_pre_attn_scalar=draw.choice([8, 20]), attention_bias=flag(),
                      sliding_window=draw.choice([3, 9]), sliding_window_pattern=draw.choice([2, 3]),
                      rope_parameters=dict(full_attention=full,
                                           sliding_attention=dict(rope_type="default", rope_theta=1e3)))
    return CONFIG_MAPPING[kind](**common, attn_implementation="eager")


@torch.no_grad()
def judge(model, texts):
    """Log-probabilities of each next token, and NEW greedy tokens with the smallest lead of one."""
    logprobs, greedy = [], []
    for ids in texts:
        logits = model(torch.tensor([ids])).logits[0]
        every = torch.log_softmax(logits.double(), -1)
        logprobs.append([every[i, id].item() for i, id in enumerate(ids[1:])])
        text, lead = list(ids), float("inf")
        for _ in range(NEW):
            best = model(torch.tensor([text])).logits[0, -1].topk(2)
            lead = min(lead, (best.values[0] - best.values[1]).item())
            text.append(best.indices[0].item())
        greedy.append({"ids": text[len(ids):], "lead": lead})
    return {"logprobs": logprobs, "greedy": greedy}


def load(folder):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def shake(model, draw):
    """Norms and biases away from one and zero, so that each of them tells."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.3)


def random_targets(draw, layers):
    """Which projections have an adapter, in the ways that PEFT has to say it, and of which rank."""
    last = layers - 1
    found = dict(draw.choice([
        dict(target_modules=["q_proj", "v_proj"]),
        dict(target_modules=["k_proj", "o_proj", "up_proj", "down_proj"]),
        dict(target_modules="all-linear"),
        dict(target_modules=None),
        dict(target_modules=rf".*\.{last}\.(self_attn\.[kv]|mlp\.(?:gate|down))_proj"),
        dict(target_modules=["v_proj", f"model.layers.{last}.mlp.up_proj"]),
        dict(target_modules=["q_proj", "down_proj"], layers_to_transform=draw.choice([0, [last]])),
        dict(target_modules=["o_proj"], layers_to_transform=[0, last], layers_pattern="layers"),
        dict(target_modules=["q_proj", "gate_proj"], exclude_modules=rf"model\.layers\.{last}\.mlp.*"),
    ]))
    if draw.random() < 0.4:
        found.update(rank_pattern={"down_proj": 3, rf"layers\.{last}\..*": 2}, alpha_pattern={"v_proj": 7})
    return found


def unusual(folder, model, draw):
    """The weights in one of the forms that transformers reads too."""
    if not model.config.tie_word_embeddings or draw.random() < 0.4:
        return
    file = folder / "model.safetensors"
    if not file.exists():
        return
    tensors = load_file(file)
    form = draw.choice(["bare", "head alone", "untied"])
    embedding = tensors["model.embed_tokens.weight"]
    if form == "bare":
        tensors = {name.removeprefix("model."): tensors[name] for name in tensors}
    elif form == "head alone":
        tensors["lm_head.weight"] = tensors.pop("model.embed_tokens.weight")
    else:
        tensors["lm_head.weight"] = embedding.flip(0).contiguous()
    save_file(tensors, file, metadata={"format": "pt"})


def make(root, seed):
    draw = random.Random(seed)
    torch.manual_seed(seed)
    names = []
    for i in range(15):
        kind = ["llama", "mistral", "qwen2", "qwen3", "gemma3_text"][i % 5]
        config = random_config(kind, draw)
        model = AutoModelForCausalLM.from_config(config).eval()
        shake(model, draw)
        dtype = list(DTYPES)[i % 3]
        folder = root / f"{i:02}-{kind}-{dtype}"
        model.to(DTYPES[dtype]).save_pretrained(folder / "theirs", max_shard_size=draw.choice(["20KB", "5GB"]))
        unusual(folder / "theirs", model, draw)
        model = load(folder / "theirs")
        lengths = [1, 2, draw.randint(3, 40), draw.randint(20, 60)]
        texts = [[draw.randrange(config.vocab_size) for _ in range(length)] for length in lengths]
        (folder / "texts.json").write_text(json.dumps(texts))
        expected = {"theirs": judge(model, texts)}
        lora = LoraConfig(
            r=draw.choice([1, 4]), lora_alpha=draw.choice([2, 16]), use_rslora=draw.random() < 0.5, task_type="CAUSAL_LM",
            **random_targets(draw, config.num_hidden_layers),
        )
        adapted = get_peft_model(model, lora)
        with torch.no_grad():
            for name, parameter in adapted.named_parameters():
                if "lora_B" in name:
                    parameter.add_(torch.randn_like(parameter) * 0.2)
        adapted.peft_config["default"].base_model_name_or_path = "../theirs"
        adapted.save_pretrained(folder / "adapter")
        expected["adapter"] = judge(adapted.eval(), texts)
        (folder / "expected.json").write_text(json.dumps(expected))
        names.append(folder.name)
    print(json.dumps(names))


def check(root):
    found = {}
    for folder in sorted(root.iterdir()):
        texts = json.loads((folder / "texts.json").read_text())
        adapted = PeftModel.from_pretrained(load(folder / "theirs"), folder / "our-adapter").eval()
        found[folder.name] = {
            "ours": judge(load(folder / "ours"), texts),
            "our-adapter": judge(adapted, texts),
            "merged": judge(load(folder / "merged"), texts),
        }
    print(json.dumps(found))


command, folder, *rest = sys.argv[1:]
if command == "make":
    make(Path(folder), int(rest[0]))
else:
    check(Path(folder))
