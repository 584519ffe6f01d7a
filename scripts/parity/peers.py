"""Python's side of the parity run: loads tokenizers and encodes what it is sent, one JSON line in, one out.

Started by scripts/parity/python.ts. Requests: {"versions"}, {"load": key, "kind", "folder"}, {"encode": key, "texts"},
{"scores": key}, {"trainBpe": {...}}, {"saveLlamaAsJson": {...}}. No request asks for anything from the network.
"""
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import sentencepiece
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import AutoTokenizer, LlamaTokenizer, PreTrainedTokenizerFast
from transformers.convert_slow_tokenizer import generate_merges

peers = {}


def load_tokenizers(folder):
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.encode_special_tokens = True  # what transformers calls split_special_tokens
    encode = lambda texts: [one.ids for one in tokenizer.encode_batch(texts, add_special_tokens=False)]
    return encode, lambda ids: tokenizer.decode_batch(ids, skip_special_tokens=True)


def of_transformers(tokenizer):
    options = {"add_special_tokens": False, "split_special_tokens": True, "verbose": False}
    encode = lambda texts: tokenizer(texts, **options)["input_ids"]
    clean = {"skip_special_tokens": True, "clean_up_tokenization_spaces": False}
    return encode, lambda ids: [tokenizer.decode(one, **clean) for one in ids]


def load_transformers(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert isinstance(tokenizer, PreTrainedTokenizerFast), f"AutoTokenizer gave {type(tokenizer).__name__}"
    return of_transformers(tokenizer)


def load_llama(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert isinstance(tokenizer, LlamaTokenizer), f"AutoTokenizer gave {type(tokenizer).__name__}"
    return of_transformers(tokenizer)


def llama_by_score(folder):
    """LlamaTokenizer with its merges in the order of the pieces' scores, and a space before every text.

    That is what the tokenizer.json of Llama 2 and Mistral say, made by earlier releases of transformers.
    """
    processor = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/tokenizer.model")
    pieces = [processor.id_to_piece(id) for id in range(processor.get_piece_size())]
    vocab = {piece: id for id, piece in enumerate(pieces)}
    scores = {piece: processor.get_score(id) for id, piece in enumerate(pieces) if not processor.is_control(id)}
    tokenizer = LlamaTokenizer(vocab=vocab, merges=generate_merges(vocab, scores))
    tokenizer._tokenizer.pre_tokenizer = None
    steps = [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    tokenizer._tokenizer.normalizer = normalizers.Sequence(steps)
    return tokenizer


def load_llama_by_score(folder):
    return of_transformers(llama_by_score(folder))


def save_llama_as_json(folder, into):
    tokens = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    backend = llama_by_score(folder)._tokenizer
    PreTrainedTokenizerFast(tokenizer_object=backend, add_bos_token=True, **tokens).save_pretrained(into)


def load_sentencepiece(folder):
    processor = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/tokenizer.model")
    scores = lambda: [processor.get_score(id) for id in range(processor.get_piece_size())]
    return processor.encode, processor.decode, scores


def train_bpe(lines, vocabSize, specialTokens, pattern):
    """Python's BpeTrainer on the lines of a file of JSON strings."""
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), byte_level])
    trainer = trainers.BpeTrainer(
        vocab_size=vocabSize, min_frequency=2, special_tokens=specialTokens, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    texts = (json.loads(line) for line in Path(lines).read_text().splitlines())
    tokenizer.train_from_iterator(texts, trainer)
    return json.loads(tokenizer.to_str())["model"]["merges"]


def answer(request):
    if "versions" in request:
        names = ("tokenizers", "transformers", "sentencepiece")
        return {"python": platform.python_version(), **{name: version(name) for name in names}}
    if "load" in request:
        peers[request["load"]] = globals()["load_" + request["kind"]](request["folder"])
        return {}
    if "saveLlamaAsJson" in request:
        save_llama_as_json(**request["saveLlamaAsJson"])
        return {}
    if "scores" in request:
        return {"scores": peers[request["scores"]][2]()}
    if "trainBpe" in request:
        return {"merges": train_bpe(**request["trainBpe"])}
    encode, decode, *_ = peers[request["encode"]]
    ids = encode(request["texts"])
    return {"ids": ids, "decoded": decode(ids)}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
