"""Random tokenizers and what Python makes of hard texts with them, for tests of the project's own part: the copy of a
tokenizer.json that finds no special token, text that goes on, decoding, spans and chats.

Run from the repository's root, with `pip install tokenizers transformers jinja2 sentencepiece protobuf` done:
    python scripts/golden/pipelines.py             writes test/golden/pipelines.json
    python scripts/golden/pipelines.py COUNT SEED  prints COUNT cases, one JSON line each (scripts/parity/pipelines.ts)
"""
import sys

sys.path.pop(0)  # this folder: the name of a script in it would hide a package
import io, json, os, random, tempfile
from importlib.metadata import version
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false", RUST_BACKTRACE="0")
import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoTokenizer

LINES = """the dog does not mind, and the constructor of the object is called 42 times
Write a function that adds 2 numbers: def add(a, b): return a + b
I don't know what they're doing, but we'll see that it isn't finished.
CAFÉ café naïve ÀÈÌ straße plug unplugged plugs
답은 사십이입니다. 한국어 응답 답 답은
中文回复 答案是四十二 今天天气很好""".split("\n")
TEXTS = [
    "", " ", "a", "the dog", " the dog ", "The DOG does not mind.", "constructor", "a constructor toString valueOf __proto__",
    "plug unplugged plugs plug!", "2 ½ cups ①２² ٣", "12345, 3.14", "don't we'll", "café cafe\u0301 CAFÉ", "한국어 답은 \u1112\u1161\u11ab",
    "中文回复：答案。", "a  b   c", "line\nnext\r\n\n\tend  ", "<s>x</s>", "a<|im_end|>b [SEP] <pad>", "<unk> [UNK]", "<tool> <tool>x <TOOL>",
    "😀 👨‍👩‍👧 🇰🇷", "\ufeffx\u0085y\u00a0z\u200d\u00ad\u3000w", "\x00\x01\x7f", "▁a ▁ Ġb ##c d</w> <0x41>", "ﬁ ㎏ Ⅻ ǅ İ ß", "aaaaaaaaaaaaaaaa", "...!?,;:",
]
SPECIAL = ["<unk>", "<s>", "</s>", "<pad>"]
ADDED = ["<tool>", "plug", "café", "cafe\u0301", "the dog", "한국어", "ABC", "…", "b [", "<0x41>", "constructor", "２"]
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }} <|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CHAT = [
    {"role": "user", "content": "the dog? café 2"},
    {"role": "assistant", "content": "한국어 a constructor"},
]


def charsmap():
    """A table for a Precompiled normalizer, as SentencePiece makes it: letters, a ligature, two characters to one."""
    rules = {"A": "a", "B": "b", "D": "d", "E": "e", "É": "é", "e\u0301": "é", "ﬁ": "fi", "½": "1/2", "\u00a0": " ", "\u200d": ""}
    codes = lambda text: " ".join(f"{ord(char):X}" for char in text)
    model = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as table:
        table.write("".join(f"{codes(a)}\t{codes(b)}\n" for a, b in rules.items()))
        table.flush()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(LINES), model_writer=model, vocab_size=90, hard_vocab_limit=False, minloglevel=2,
            normalization_rule_tsv=table.name,
        )
    parsed = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    return parsed.normalizer_spec.precompiled_charsmap


CHARSMAP = charsmap()


def normalizer(r):
    one = lambda: r.choice([
        lambda: normalizers.Precompiled(CHARSMAP), normalizers.ByteLevel, normalizers.NFC, normalizers.NFD, normalizers.NFKC, normalizers.NFKD, normalizers.Lowercase, normalizers.Nmt,
        lambda: normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]),
        lambda: normalizers.Strip(left=r.random() < 0.5, right=r.random() < 0.5),
        lambda: normalizers.Replace(r.choice(["a", " ", "the"]), r.choice(["▁", "", "xy"])),
        lambda: normalizers.Replace(Regex(r.choice([" {2,}", "[0-9]", "\\p{P}"])), r.choice([" ", "#"])),
        lambda: normalizers.Prepend("▁"),
        lambda: normalizers.BertNormalizer(r.random() < 0.5, r.random() < 0.5, r.choice([None, True, False]), r.random() < 0.5),
    ])()
    kind = r.random()
    if kind < 0.35:
        return None
    if kind < 0.5:
        return normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return one() if kind < 0.8 else normalizers.Sequence([one() for _ in range(r.randint(1, 3))])


def pre_tokenizer(r):
    behaviors = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
    patterns = ["\\s+", "\\p{L}+", "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}", "'s|'t| ?\\p{L}+|\\s+(?!\\S)|\\s+", "[0-9]"]
    one = lambda: r.choice([
        lambda: pre_tokenizers.ByteLevel(r.random() < 0.3, use_regex=r.random() < 0.6),
        lambda: pre_tokenizers.Metaspace("▁", r.choice(["always", "first", "never"]), r.random() < 0.6),
        pre_tokenizers.Whitespace, pre_tokenizers.WhitespaceSplit, pre_tokenizers.BertPreTokenizer, pre_tokenizers.UnicodeScripts,
        lambda: pre_tokenizers.Punctuation(r.choice(behaviors)),
        lambda: pre_tokenizers.Digits(r.random() < 0.5),
        lambda: pre_tokenizers.Split(Regex(r.choice(patterns)), r.choice(behaviors), r.random() < 0.3),
        lambda: pre_tokenizers.Split(r.choice([" ", "a", "do"]), r.choice(behaviors), r.random() < 0.3),
        lambda: pre_tokenizers.CharDelimiterSplit(r.choice(" ,a")), lambda: pre_tokenizers.FixedLength(r.randint(1, 4)),
    ])()
    kind = r.random()
    if kind < 0.1:
        return None
    if kind < 0.3:  # as Llama 3 and Qwen have it
        return pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(r.choice(patterns)), r.choice(behaviors), r.random() < 0.3),
            pre_tokenizers.ByteLevel(False, use_regex=r.random() < 0.3),
        ])
    return one() if kind < 0.75 else pre_tokenizers.Sequence([one() for _ in range(r.randint(1, 3))])


def model(r):
    kind = r.choice(["BPE", "BPE", "BPE", "Unigram", "WordPiece", "WordLevel"])
    special = r.sample(SPECIAL, r.randint(1, 4))
    if "<unk>" not in special:
        special.insert(0, "<unk>")
    common = dict(special_tokens=special, vocab_size=r.randint(80, 220), show_progress=False)
    if kind == "BPE":
        affixes = {k: v for k, v in dict(continuing_subword_prefix="##", end_of_word_suffix="</w>").items() if r.random() < 0.15}
        alphabet = pre_tokenizers.ByteLevel.alphabet() if r.random() < 0.4 else []
        trainer = trainers.BpeTrainer(initial_alphabet=alphabet, limit_alphabet=r.choice([40, 1000]), **affixes, **common)
        return models.BPE(unk_token=r.choice([None, "<unk>"]), fuse_unk=r.random() < 0.5, **affixes), trainer
    if kind == "Unigram":
        return models.Unigram(), trainers.UnigramTrainer(unk_token="<unk>", **common)
    if kind == "WordPiece":
        prefix = r.choice(["##", "", "@"])
        made = models.WordPiece(unk_token="<unk>", continuing_subword_prefix=prefix, max_input_chars_per_word=r.choice([3, 6, 100]))
        return made, trainers.WordPieceTrainer(continuing_subword_prefix=prefix, **common)
    return models.WordLevel(unk_token="<unk>"), trainers.WordLevelTrainer(**common)


def decoder(r):
    last = lambda: r.choice([
        decoders.ByteLevel, decoders.Metaspace, decoders.Fuse, decoders.ByteFallback,
        lambda: decoders.BPEDecoder("</w>"), lambda: decoders.WordPiece(r.choice(["##", "@"]), r.random() < 0.5),
        lambda: decoders.CTC("<pad>", "|", r.random() < 0.5), lambda: decoders.Strip(" ", r.randint(0, 2), r.randint(0, 1)),
        lambda: decoders.Replace(r.choice(["▁", "a"]), " "),
    ])()
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    return r.choice([lambda: None, last, last, lambda: decoders.Sequence(steps), lambda: decoders.Sequence([last(), last()])])()


def added_token(r, id, content, special):
    flag = lambda share: r.random() < share
    flags = dict(single_word=flag(0.2), lstrip=flag(0.2), rstrip=flag(0.2), normalized=not special and flag(0.5))
    return dict(id=id, content=content, **flags, special=special)


def draw(r):
    """A tokenizer.json and its tokenizer_config.json."""
    made, trainer = model(r)
    tokenizer = Tokenizer(made)
    for name, part in dict(normalizer=normalizer(r), pre_tokenizer=pre_tokenizer(r), decoder=decoder(r)).items():
        if part is not None:
            setattr(tokenizer, name, part)
    tokenizer.train_from_iterator(LINES, trainer)
    data = json.loads(tokenizer.to_str())
    known = data["model"]
    if known["type"] == "BPE":
        known["ignore_merges"] = r.random() < 0.3
        if r.random() < 0.3:
            known["byte_fallback"] = True
            for byte in range(256):
                known["vocab"].setdefault(f"<0x{byte:02X}>", len(known["vocab"]))
    if known["type"] == "Unigram" and r.random() < 0.4:
        known["byte_fallback"] = True
        known["vocab"] += [[f"<0x{byte:02X}>", -20.0] for byte in range(256)]
    next_id = len(known["vocab"])
    special = [token for token in [*SPECIAL, "<|im_start|>", "<|im_end|>", "[SEP]"] if r.random() < 0.85 or token in SPECIAL[2:]]
    tokens = [*data["added_tokens"]]
    for content in r.sample([*special, *r.sample(ADDED, r.randint(0, 4))], k=len(special)):
        # Of two tokens that a normalizer makes equal, the library finds either, by chance.
        if content == "cafe\u0301" and any(token["content"] == "café" for token in tokens):
            continue
        if content == "café" and any(token["content"] == "cafe\u0301" for token in tokens):
            continue
        if all(content != token["content"] for token in tokens):
            tokens.append(added_token(r, next_id, content, content in special))
            next_id += 1
    ordinary = [token["content"] for token in tokens if not token["special"]]
    if ordinary and r.random() < 0.4:  # one again, with other flags
        tokens.append(added_token(r, next_id, r.choice(ordinary), False))
        next_id += 1
    data["added_tokens"] = tokens
    data["truncation"] = data["padding"] = None
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
    config |= {"chat_template": TEMPLATE, "clean_up_tokenization_spaces": False}
    contents = {token["content"] for token in tokens} | set(known["vocab"] if isinstance(known["vocab"], dict) else [p for p, _ in known["vocab"]])
    for name in ("bos_token", "eos_token", "pad_token"):
        if config[name] not in contents:
            tokens.append(dict(added_token(r, next_id, config[name], True), lstrip=False, rstrip=False, single_word=False))
            next_id += 1
    return data, config


def starts(tokenizer, text):
    """Where each id begins in the text, in code points, without the post-processor, which would trim."""
    tokenizer.post_processor = None
    tokenizer.encode_special_tokens = True
    return [start for start, _ in tokenizer.encode(text, add_special_tokens=False).offsets]


def case(seed):
    """A drawn tokenizer and what Python makes of it; null where the library refuses what was drawn."""
    try:
        return compared(seed, random.Random(seed))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic of the Rust library is no Exception
        return {"seed": seed, "refused": str(error)}


def compared(seed, r):
    data, config = draw(r)
    with tempfile.TemporaryDirectory() as path:
        Path(path, "tokenizer.json").write_text(json.dumps(data))
        Path(path, "tokenizer_config.json").write_text(json.dumps(config))
        python = AutoTokenizer.from_pretrained(path)
    ids = [python(text, add_special_tokens=False, split_special_tokens=True)["input_ids"] for text in TEXTS]
    decode = lambda one: python.decode(one, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    drawn = [[r.randrange(len(python)) for _ in range(r.randint(1, 8))] for _ in range(6)]
    # After a special token, text goes on.
    begun = [python("<s>" + text, add_special_tokens=False, split_special_tokens=False)["input_ids"] for text in TEXTS]
    chat = lambda some, **more: python.apply_chat_template(some, return_dict=False, **more)
    return {
        "seed": seed, "json": data, "config": config, "size": max(python.get_vocab().values()) + 1,
        "ids": ids, "decoded": [decode(one) for one in ids], "drawn": drawn, "drawnDecoded": [decode(one) for one in drawn],
        "begun": begun, "prompt": chat(CHAT[:1], add_generation_prompt=True), "chat": chat(CHAT),
        "starts": [starts(Tokenizer.from_str(json.dumps(data)), text) for text in TEXTS],
    }


def main():
    if len(sys.argv) > 1:
        count, seed = int(sys.argv[1]), int(sys.argv[2])
        print(json.dumps({"texts": TEXTS, "conversation": CHAT}), flush=True)
        for i in range(count):
            print(json.dumps(case(seed + i)), flush=True)
        return
    cases, seed = [], 0
    while len(cases) < 16:
        made = case(seed)
        seed += 1
        if "refused" not in made:
            cases.append(made)
    names = ("tokenizers", "transformers")
    golden = {"madeBy": "scripts/golden/pipelines.py", "versions": {name: version(name) for name in names}}
    golden |= {"texts": TEXTS, "conversation": CHAT, "cases": cases}
    path = Path("test/golden/pipelines.json")
    path.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size} bytes")


main()
