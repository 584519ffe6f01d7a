"""Times training steps of a Llama-style decoder in PyTorch: the peer of plug-tune's own step.

    python bench/torch_step.py '{"compile": true, "bf16": false, "warmUp": 3, "steps": 20, "learningRate": 1e-3,
        "size": {"dModel": 256, "nLayers": 4, "nHeads": 8, "ffnDim": 688, "vocabSize": 4096, "seq": 128, "batch": 8}}'

Prints one line of JSON. The first step holds whatever torch.compile does; the median of the timed steps counts.
"""
import json
import os
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

job = json.loads(sys.argv[1])
size = job["size"]
D, H, FF, V, T, B = (size[key] for key in ("dModel", "nHeads", "ffnDim", "vocabSize", "seq", "batch"))
device = "cuda" if torch.cuda.is_available() else "cpu"
torch.manual_seed(0)
torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
torch.set_float32_matmul_precision("highest")  # on a GPU no TF32, as in plug-tune


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat([-second, first], -1) * sin


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.RMSNorm(D, eps=1e-5), nn.RMSNorm(D, eps=1e-5)
        self.q, self.k, self.v, self.o = (nn.Linear(D, D, bias=False) for _ in range(4))
        self.gate, self.up, self.down = nn.Linear(D, FF, bias=False), nn.Linear(D, FF, bias=False), nn.Linear(FF, D, bias=False)

    def forward(self, x, cos, sin):
        h = self.norm1(x)
        q, k, v = (linear(h).view(B, T, H, D // H).transpose(1, 2) for linear in (self.q, self.k, self.v))
        mixed = F.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True)
        x = x + self.o(mixed.transpose(1, 2).reshape(B, T, D))
        h = self.norm2(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Decoder(nn.Module):
    """The loss of a batch; the output matrix is the embedding."""

    def __init__(self):
        super().__init__()
        self.embedding, self.norm = nn.Embedding(V, D), nn.RMSNorm(D, eps=1e-5)
        self.layers = nn.ModuleList(Layer() for _ in range(size["nLayers"]))
        half = D // H
        angles = torch.outer(torch.arange(T).float(), 10000 ** (-torch.arange(0, half, 2) / half)).repeat(1, 2)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())

    def forward(self, tokens, targets):
        x = self.embedding(tokens)
        cos, sin = self.cos.to(x.dtype), self.sin.to(x.dtype)
        for layer in self.layers:
            x = layer(x, cos, sin)
        logits = F.linear(self.norm(x), self.embedding.weight)
        return F.cross_entropy(logits.view(-1, V).float(), targets.view(-1))


model = Decoder().to(device)
for name, parameter in model.named_parameters():
    if parameter.dim() > 1:
        nn.init.normal_(parameter, std=0.02 / ((2 * size["nLayers"]) ** 0.5 if name.endswith(("o.weight", "down.weight")) else 1))
optimizer = torch.optim.AdamW(
    model.parameters(), lr=job["learningRate"], betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, fused=True
)
rows = torch.randint(0, V, (B, T + 1), device=device)
tokens, targets = rows[:, :-1].contiguous(), rows[:, 1:].contiguous()
run = torch.compile(model) if job["compile"] else model
times, losses = [], []
for _ in range(job["warmUp"] + job["steps"]):
    start = time.perf_counter()
    with torch.autocast(device, dtype=torch.bfloat16, enabled=job["bf16"]):
        loss = run(tokens, targets)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    losses.append(loss.item())  # waits for a GPU
    times.append(time.perf_counter() - start)

print(json.dumps({
    "tokensPerSecond": B * T / statistics.median(times[job["warmUp"]:]),
    "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "firstStepMs": times[0] * 1000,
    "losses": [losses[0], losses[-1]],
    "versions": {"python": sys.version.split()[0], "torch": torch.__version__},
}))
