"""Times greedy generation of a model directory by transformers: the peer of plug-tune's own decoding.

    python bench/generate.py '{"folder": DIR, "bf16": false, "cache": "dynamic", "batch": 8, "newTokens": 128, "repeats": 3}'

`cache` is dynamic or static. DIR holds `prompts.json` beside the model. Prints one line of JSON; the first text holds
whatever is compiled, the median of the others counts.
"""
import json
import os
import resource
import statistics
import sys
import time

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch
import transformers

job = json.loads(sys.argv[1])
device = "cuda" if torch.cuda.is_available() else "cpu"
torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
torch.set_float32_matmul_precision("highest")  # on a GPU no TF32, as in plug-tune
dtype = torch.bfloat16 if job["bf16"] else torch.float32
model = transformers.AutoModelForCausalLM.from_pretrained(job["folder"], dtype=dtype).eval().to(device)
model.generation_config.eos_token_id = None
with open(os.path.join(job["folder"], "prompts.json")) as file:
    prompts = torch.tensor(json.load(file)[: job["batch"]], device=device)
options = dict(do_sample=False, max_new_tokens=job["newTokens"], min_new_tokens=job["newTokens"])
if job["cache"] == "static":
    options["cache_implementation"] = "static"
times = []
for _ in range(1 + job["repeats"]):
    start = time.perf_counter()
    texts = model.generate(prompts, attention_mask=torch.ones_like(prompts), **options).tolist()
    times.append(time.perf_counter() - start)

print(json.dumps({
    "tokensPerSecond": job["batch"] * job["newTokens"] / statistics.median(times[1:]),
    "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "firstStepMs": times[0] * 1000,
    "written": [text[prompts.shape[1]:] for text in texts],
    "versions": {"python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers.__version__},
}))
