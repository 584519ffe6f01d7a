"""Golden values of the decoder, its gradients and 20 steps of AdamW, from transformers and PyTorch.

    python3 -m venv .venv-golden && .venv-golden/bin/pip install torch transformers
    .venv-golden/bin/python scripts/golden/decoder.py > test/golden/decoder.json

Weights and tokens come from a generator that test/train/golden.test.ts repeats, so that none need be stored.
"""
import json
import sys

import torch
import transformers
from transformers import LlamaConfig, LlamaForCausalLM
from uniform import Uniform

VOCAB, STEPS, BETAS, EPS, DECAY, CLIP = 61, 20, (0.9, 0.95), 1e-8, 0.1, 0.5
ROWS = [(13, 4), (9, 2), (6, 5)]  # length, tokens at the start without a loss


def model_of(tied):
    config = LlamaConfig(
        vocab_size=VOCAB, hidden_size=24, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        head_dim=8, intermediate_size=40, max_position_embeddings=32, rms_norm_eps=1e-5, rope_theta=10000.0,
        tie_word_embeddings=tied, attn_implementation="eager", bos_token_id=None, eos_token_id=0, pad_token_id=None,
    )
    model = LlamaForCausalLM(config).float().eval()
    uniform = Uniform(7)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = [uniform() - 0.5 for _ in range(parameter.numel())]
            centre, width = (1.0, 0.2) if parameter.dim() == 1 else (0.0, 0.4)
            parameter.copy_(torch.tensor(values, dtype=torch.float64).mul(width).add(centre).view_as(parameter))
    return model


def losses_of(model, rows):
    """Cross-entropy of every supervised token, documents one by one: no padding, no packing."""
    losses = []
    for tokens, start in rows:
        ids = torch.tensor([tokens])
        logits = model(ids[:, :-1]).logits[0]
        each = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="none")
        losses.append(each[start - 1:])
    return torch.cat(losses)


def case(tied):
    model = model_of(tied)
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    groups = [{"params": matrices, "weight_decay": DECAY}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1.0, betas=BETAS, eps=EPS)
    uniform = Uniform(11)
    result = {"tied": tied, "order": [name for name, _ in model.named_parameters()], "steps": []}
    for step in range(1, STEPS + 1):
        rows = [([int(uniform() * VOCAB) for _ in range(length)], start) for length, start in ROWS]
        for group in optimizer.param_groups:
            group["lr"] = 0.01 * min(1.0, step / 5)
        losses = losses_of(model, rows)
        optimizer.zero_grad()
        losses.mean().backward()
        if step == 1:
            result["tokenLosses"] = losses.tolist()
            result["gradients"] = {
                name: {"norm": p.grad.norm().item(), "first": p.grad.flatten()[:8].tolist()}
                for name, p in model.named_parameters()
            }
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        result["steps"].append({"loss": losses.mean().item(), "gradientNorm": norm.item()})
    return result


versions = {"python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers.__version__}
json.dump({"versions": versions, "cases": [case(True), case(False)]}, sys.stdout, indent=1)
