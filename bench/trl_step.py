"""Times training steps of TRL's SFTTrainer on sequences that plug-tune made: the peer of its whole training loop.

    python bench/trl_step.py '{"sequences": "sequences.jsonl", "config": {"model_type": "llama", ...}, "packed": false,
        "bf16": false, "batch": 8, "accumulate": 1, "seq": 512, "warmUp": 3, "steps": 20, "learningRate": 1e-3, "folder": "/tmp/x"}'

A step is `accumulate` micro-batches of `batch` rows. Lines of the file hold input_ids and labels, -100 where no loss is taken; config is that of a LlamaForCausalLM.
Prints one line of JSON. A step lasts from the end of the one before to its own end, data included.
"""
import json
import os
import resource
import sys
import time

job = json.loads(sys.argv[1])
# Nothing is fetched, and nothing stays behind.
os.environ.update(HF_HUB_OFFLINE="1", HF_HOME=job["folder"], TOKENIZERS_PARALLELISM="false")

import tokenizers
import torch
import transformers
import trl
from datasets import Dataset
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, PrinterCallback, TrainerCallback

torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
transformers.logging.set_verbosity_error()
transformers.set_seed(0)
cuda = torch.cuda.is_available()


class Clock(TrainerCallback):
    """When each step ended, and its loss."""

    def __init__(self):
        self.times, self.losses = [], []

    def on_train_begin(self, *_, **__):
        self.times.append(time.perf_counter())

    def on_step_end(self, *_, **__):
        if cuda:
            torch.cuda.synchronize()
        self.times.append(time.perf_counter())

    def on_log(self, *_, logs=None, **__):
        if logs and "loss" in logs:
            self.losses.append(logs["loss"])


class Counter:
    """TRL's own collator, with the tokens of each batch counted."""

    def __init__(self, collator):
        self.collator, self.counts = collator, []

    def __call__(self, examples):
        batch = self.collator(examples)
        tokens = sum(len(one["input_ids"]) for one in examples)
        self.counts.append((tokens, int((batch["labels"] != -100).sum())))
        return batch


def tokenizer_of(config):
    """Only the two special ids are ever asked for."""
    words = {"<end>": config.eos_token_id, "<pad>": config.pad_token_id}
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="<end>"))
    return PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<end>", pad_token="<pad>")


config = LlamaConfig(**job["config"])
if config.pad_token_id == config.eos_token_id:
    config.pad_token_id = next(i for i in range(config.vocab_size) if i != config.eos_token_id)
with open(job["sequences"], encoding="utf-8") as file:
    rows = [json.loads(line) for line in file]
clock = Clock()
trainer = trl.SFTTrainer(
    model=LlamaForCausalLM(config).float(),
    args=trl.SFTConfig(
        output_dir=job["folder"], per_device_train_batch_size=job["batch"],
        gradient_accumulation_steps=job["accumulate"], max_length=job["seq"], max_steps=job["warmUp"] + job["steps"],
        packing=job["packed"], bf16=job["bf16"], use_cpu=not cuda,
        gradient_checkpointing=False, learning_rate=job["learningRate"], lr_scheduler_type="constant",
        weight_decay=0.0, max_grad_norm=0.0, optim="adamw_torch_fused", dataloader_drop_last=True,
        # Padded batches are then the very same as ours; packed rows come in an order of TRL's.
        train_sampling_strategy="random" if job["packed"] else "sequential",
        save_strategy="no", report_to=[], logging_steps=1, disable_tqdm=True, dataloader_pin_memory=cuda,
    ),
    train_dataset=Dataset.from_list([{key: row[key] for key in ("input_ids", "labels")} for row in rows]),
    processing_class=tokenizer_of(config),
    callbacks=[clock],
)
trainer.remove_callback(PrinterCallback)
counter = trainer.data_collator = Counter(trainer.data_collator)
trainer.train()

warm, last = job["warmUp"], job["warmUp"] + job["steps"]
seconds = clock.times[last] - clock.times[warm]
timed = counter.counts[warm * job["accumulate"] : last * job["accumulate"]]
tokens, supervised = (sum(count[i] for count in timed) for i in range(2))
print(json.dumps({
    "tokensPerSecond": tokens / seconds,
    "supervisedTokensPerSecond": supervised / seconds,
    "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "firstStepMs": (clock.times[1] - clock.times[0]) * 1000,
    "losses": [clock.losses[0], clock.losses[-1]],
    "versions": {
        "python": sys.version.split()[0], "torch": torch.__version__,
        "transformers": transformers.__version__, "trl": trl.__version__,
    },
}))
