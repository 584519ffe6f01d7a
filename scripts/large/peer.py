"""Python's side of `make test-large`.

    peer.py load FOLDER             loads the shards by safetensors.torch.load_file and moves them to the device
    peer.py score FOLDER FILE       log-probabilities of the texts of ids in FILE, JSON lines, by transformers

Prints one line of JSON.
"""
import json
import os
import sys
import time
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch
from safetensors.torch import load_file


def status(field):
    line = next(line for line in open("/proc/self/status") if line.startswith(field + ":"))
    return 1024 * int(line.split()[1])


def load(folder):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    before, start = status("VmRSS"), time.perf_counter()
    weights = {}
    for file in sorted(Path(folder).glob("*.safetensors")):
        # A copy is what moving is on a CPU: the file is only mapped until then.
        weights |= {name: value.to(device, copy=True) for name, value in load_file(file).items()}
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "before": before, "peak": status("VmHWM"), "after": status("VmRSS")}))


@torch.no_grad()
def score(folder, file):
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    found = []
    for line in open(file):
        ids = json.loads(line)["ids"]
        every = torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), -1)
        found.append([every[i, token].item() for i, token in enumerate(ids[1:])])
    print(json.dumps(found))


{"load": load, "score": score}[sys.argv[1]](*sys.argv[2:])
