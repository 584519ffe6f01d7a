"""Small random models of every architecture with transformers' logits, gradients and greedy text.

    python3 -m venv .venv-golden && .venv-golden/bin/pip install torch transformers
    .venv-golden/bin/python scripts/golden/architectures.py > test/golden/architectures.json

Weights come from a generator that test/model/architectures.test.ts repeats, so that none need be stored.
"""
import json
import sys

import torch
import transformers
from transformers import AutoModelForCausalLM, CONFIG_MAPPING
from uniform import Uniform

VOCAB, NEW = 97, 64
PROMPTS = [[5, 17, 80, 3], [61, 2, 33, 33, 9, 70, 12, 44, 91, 8, 26, 54, 7], [40], [11, 12, 13, 14, 15, 16, 17, 18, 19]]
PLAIN = dict(
    vocab_size=VOCAB, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
    intermediate_size=48, max_position_embeddings=128, rms_norm_eps=1e-5, tie_word_embeddings=False,
    bos_token_id=1, eos_token_id=96, pad_token_id=None,
)
LLAMA3 = dict(rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=32)
YARN = dict(rope_type="yarn", rope_theta=1000.0, factor=4.0, original_max_position_embeddings=32)
GEMMA = dict(head_dim=12, query_pre_attn_scalar=20, sliding_window=5)
CASES = {
    "llama": ("llama", {}),
    "llama, tied, one key head": ("llama", dict(tie_word_embeddings=True, num_key_value_heads=1)),
    "llama, rotary scaling of 3.1": ("llama", dict(rope_parameters=LLAMA3)),
    "llama, linear scaling": ("llama", dict(rope_parameters=dict(rope_type="linear", rope_theta=10000.0, factor=2.5))),
    "llama, biases": ("llama", dict(attention_bias=True, mlp_bias=True)),
    "mistral, window of 6": ("mistral", dict(sliding_window=6)),
    "mistral, no window": ("mistral", dict(sliding_window=None, head_dim=12)),
    "qwen2": ("qwen2", dict(tie_word_embeddings=True)),
    "qwen2, windows from layer 1": ("qwen2", dict(use_sliding_window=True, sliding_window=5, max_window_layers=1)),
    "qwen2, yarn": ("qwen2", dict(rope_parameters=YARN)),
    "qwen3": ("qwen3", dict(head_dim=16, tie_word_embeddings=True)),
    "qwen3, biases": ("qwen3", dict(head_dim=12, attention_bias=True)),
    "gemma3": ("gemma3_text", dict(GEMMA, sliding_window_pattern=2, tie_word_embeddings=True)),
    "gemma3, linear scaling": ("gemma3_text", dict(GEMMA, sliding_window_pattern=3, attention_bias=True, rope_parameters=dict(
        full_attention=dict(rope_type="linear", rope_theta=5000.0, factor=2.5),
        sliding_attention=dict(rope_type="default", rope_theta=300.0)))),
}


def model_of(kind, options):
    config = CONFIG_MAPPING[kind](**{**PLAIN, **options}, attn_implementation="eager")
    model = AutoModelForCausalLM.from_config(config).float().eval()
    uniform = Uniform(7)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            values = [uniform() - 0.5 for _ in range(parameter.numel())]
            norm = name.endswith("norm.weight")
            centre, width = (1.0, 0.4) if norm else (0.0, 0.8)
            parameter.copy_(torch.tensor(values, dtype=torch.float64).mul(width).add(centre).view_as(parameter))
    return model


def case(name, kind, options):
    model = model_of(kind, options)
    prompts = []
    ids = torch.tensor([PROMPTS[1]])
    torch.nn.functional.cross_entropy(model(ids[:, :-1]).logits[0], ids[0, 1:]).backward()
    gradients = {key: round(value.grad.norm().item(), 7) for key, value in sorted(model.named_parameters())}
    with torch.no_grad():
        for ids in PROMPTS:
            logits = model(torch.tensor([ids])).logits[0, -1]
            text = list(ids)
            margins = []
            for _ in range(NEW):  # without a cache, nor a stop at the end token
                last = model(torch.tensor([text])).logits[0, -1]
                best = last.topk(2).values
                margins.append((best[0] - best[1]).item())
                text.append(int(last.argmax()))
            prompts.append({"ids": ids, "logits": [round(x, 6) for x in logits.tolist()], "greedy": text[len(ids):],
                            "margin": min(margins)})
    return {"name": name, "config": json.loads(model.config.to_json_string()),
            "shapes": {key: list(value.shape) for key, value in sorted(model.named_parameters())},
            "gradients": gradients, "prompts": prompts}


versions = {"python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers.__version__}
cases = [case(name, *rest) for name, rest in CASES.items()]
json.dump({"versions": versions, "cases": cases}, sys.stdout)
print({c["name"]: min(p["margin"] for p in c["prompts"]) for c in cases}, file=sys.stderr)
