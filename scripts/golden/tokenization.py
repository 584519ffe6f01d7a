"""Writes test/golden/tokenizers.json: what Python's `tokenizers` and `sentencepiece` make of hard texts.

Run from the repository's root, with `pip install tokenizers sentencepiece` done and Node at hand:
    python scripts/golden/tokenization.py [SHARED]
SHARED is the folder with data/tokenizers/ (default: $PLUG_SHARED or ../shared); without it the ids of the two real
tokenizers are kept as they were. Lines and texts are written here; the tests read them from the golden file.
"""
import sys

sys.path.pop(0)  # this folder: the script's own name would hide the package
import base64, hashlib, io, json, os, platform, subprocess
from importlib.metadata import version
from pathlib import Path

import sentencepiece
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

LINES = """
The quick brown fox jumps over the lazy dog, and the dog does not mind.
Please interpret the instruction in English, and then respond both in English and in Chinese.
English response: the answer is 42, because 6 times 7 is 42.
How can I improve my time management skills? Write down what you do for a week.
Water boils at 100 degrees Celsius at sea level; higher up it boils sooner.
Write a function that adds two numbers: def add(a, b): return a + b
She sells sea shells by the sea shore, and the shells she sells are sea shells.
There are three apples and four pears in the basket. How many pieces of fruit are there?
I don't know what they're doing, but we'll see that it isn't finished.
The instruction asks for a response, and the response follows the instruction.
请用英语理解指令，然后用英语和中文回答。
中文回复：答案是四十二，因为六乘七等于四十二。
我怎样才能提高时间管理技能？先写下你一周做了什么。
水在海平面上一百摄氏度沸腾，在更高的地方沸腾得更早。
写一个函数，把两个数字相加。
篮子里有三个苹果和四个梨，一共有多少个水果？
今天天气很好，我们去公园散步吧。
这个问题的答案在下面的回复里。
学习一门语言需要时间和耐心。
北京是中国的首都，上海是中国最大的城市。
지시를 영어로 이해한 다음 영어와 한국어로 답하세요.
한국어 응답: 답은 사십이입니다. 육 곱하기 칠은 사십이이기 때문입니다.
시간 관리 능력을 어떻게 향상시킬 수 있을까요? 일주일 동안 하는 일을 적어 보세요.
물은 해수면에서 섭씨 백 도에 끓고, 더 높은 곳에서는 더 빨리 끓습니다.
두 숫자를 더하는 함수를 작성하세요.
바구니에 사과 세 개와 배 네 개가 있습니다. 과일은 모두 몇 개입니까?
오늘은 날씨가 좋으니 공원에 산책하러 갑시다.
이 질문의 답은 아래 응답에 있습니다.
언어를 배우려면 시간과 인내가 필요합니다.
서울은 대한민국의 수도이고 부산은 두 번째로 큰 도시입니다.
Interpreta l'istruzione in inglese e poi rispondi sia in inglese sia in italiano.
Risposta in italiano: la risposta è quarantadue, perché sei per sette fa quarantadue.
Come posso migliorare la gestione del tempo? Scrivi quello che fai per una settimana.
L'acqua bolle a cento gradi al livello del mare; più in alto bolle prima.
Scrivi una funzione che somma due numeri.
Nel cesto ci sono tre mele e quattro pere. Quanti frutti ci sono in tutto?
Oggi il tempo è bello, andiamo a fare una passeggiata nel parco.
La risposta a questa domanda si trova nella risposta qui sotto.
Imparare una lingua richiede tempo e pazienza; la città più grande è Roma.
Perché no? Così è, se vi pare.
Interpreta la instrucción en inglés y luego responde en inglés y en español.
Respuesta en español: la respuesta es cuarenta y dos, porque seis por siete son cuarenta y dos.
¿Cómo puedo mejorar mis habilidades de gestión del tiempo? Escribe lo que haces durante una semana.
El agua hierve a cien grados al nivel del mar; más arriba hierve antes.
Escribe una función que sume dos números.
En la cesta hay tres manzanas y cuatro peras. ¿Cuántas frutas hay en total?
Hoy hace buen tiempo, vamos a dar un paseo por el parque.
La respuesta a esta pregunta está en la respuesta de abajo.
Aprender un idioma requiere tiempo y paciencia, mañana será otro día.
¡Qué bien! El niño comió piña en el año nuevo.
""".strip().splitlines()

TEXTS = [
    "", " ", "  ", "\n", "\n\n\n", "\t\t", " \n ", "\r\n", "a", "The quick brown fox", " leading space", "  two leading",
    "trailing space ", "trailing   ", "a  b   c    d", "\nnewline first", "line one\nline two\n\nline four\n",
    "don't we'll THEY'RE it's", "12345 + 678 = 13023, 3.14159, 1,000,000", "١٢٣ ४५६ ½ ² Ⅻ",
    "中文回复：答案是四十二。", "今天天气很好，我们去公园散步吧。", " 中文前面有空格", "龘靐齉爩 鱻麤 𠮷野家 𪚥",
    "한국어 응답: 답은 사십이입니다.", "쀍뷁쮉뛟 똠방각하 펲시콜라", "각 각 ᄒᆞᆫ글 ㅋㅋㅋ ㅠㅠ",
    "Risposta in italiano: perché no? Così è.", "¿Cómo estás? ¡Mañana será otro día, niño!",
    "e\u0301 n\u0303 Z\u0351\u036b\u0343a\u0334l\u0311g\u0300o\u0320", "कि न् ঙ্ক ไทย ที่นี่ עִבְרִית العَرَبِيَّة",
    "😀 😃😄 👨‍👩‍👧‍👦 👍🏽 🇰🇷🇨🇳🇮🇹🇪🇸 ❤️", "\u0000", "a\u0000b", "\u0001\u0002\u001f\u007f\u0085x\u0085 y",
    "\ufeffbyte order mark comes first here", "soft\u00adhyphen zero\u200bwidth\u200djoin\u2060er \u00a0nbsp\u3000wide",
    "ｆｕｌｌｗｉｄｔｈ ﬁ ligature ① ㎏", "</s>", "<s>", "<unk> <pad>", "text </s> text<s>", "<|endoftext|>",
    "<|im_start|>user\nhi<|im_end|>\n", "<|system|>\nBe kind.\n<|user|>\nhi\n<|assistant|>\n", "<tool_call>x</tool_call>",
    "<0x0A>", "[INST] hello [/INST]", "x = [[1, 2], [3]];\n\tif (x) {\n\t\treturn f(x)!;\n\t}\n", "https://example.org/a?b=c&d=%20e",
    "a" * 300, "antidisestablishmentarianism" * 12, "天" * 200, "!" * 70 + "?" * 9, " " * 40 + "x" + "\n" * 20, "ñ" * 70,
]


def sha256(data):
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


def encode_all(tokenizer):
    tokenizer.encode_special_tokens = True  # what transformers calls split_special_tokens
    return [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]


def own_bpe():
    """The project's own trainer runs in Node; Python's must find the same merges, and read the file with equal ids."""
    special = ["<|endoftext|>", "<|user|>"]
    program = """
        import { trainBpe } from './src/tokenizer/bpe.ts';
        const { lines, ...options } = JSON.parse(process.argv[1]);
        console.log(JSON.stringify(trainBpe(lines, options)));
    """
    options = {"lines": LINES, "vocabSize": 600, "specialTokens": special}
    command = ["node", "--import", "tsx", "--input-type=module", "-e", program, json.dumps(options)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    ours = json.loads(text)
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    pattern = ours["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"]
    theirs = Tokenizer(models.BPE())
    theirs.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), byte_level])
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=600, min_frequency=2, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    theirs.train_from_iterator(LINES, trainer)
    model = json.loads(theirs.to_str())["model"]
    assert model["vocab"] == ours["model"]["vocab"], "Python's BpeTrainer gives another vocabulary"
    assert model["merges"] == ours["model"]["merges"], "Python's BpeTrainer gives other merges"
    return {**options, "lines": None, "sha256": sha256(text), "ids": encode_all(Tokenizer.from_str(text))}


def llama_like():
    """BPE with byte fallback behind a Prepend normalizer, as the tokenizer.json of Llama 2 and Mistral."""
    trained = Tokenizer(models.BPE())
    trained.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    trained.pre_tokenizer = pre_tokenizers.Split(Regex("▁?[^▁]+"), "isolated")
    trained.train_from_iterator(LINES, trainers.BpeTrainer(vocab_size=500, limit_alphabet=120, show_progress=False))
    parts = json.loads(trained.to_str())
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    tokens += sorted(parts["model"]["vocab"], key=parts["model"]["vocab"].get)
    merges = [tuple(merge) for merge in parts["model"]["merges"]]
    vocab = {token: id for id, token in enumerate(tokens)}
    model = models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = trained.normalizer
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    tokenizer.decoder = decoders.Sequence(steps)
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    return {"json": json.loads(tokenizer.to_str()), "ids": encode_all(tokenizer)}


def metaspace():
    """Unigram behind Metaspace, as the tokenizer.json of T5 and XLM-R.

    Its special tokens are among its pieces, and Python finds them in text even so: null there, it is not followed.
    """
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    special = ["<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=420, special_tokens=special, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(LINES, trainer)
    ids = [None if {0, 1} & set(one) else one for one in encode_all(tokenizer)]
    return {"json": json.loads(tokenizer.to_str()), "ids": ids}


def sentencepiece_model(**options):
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES), model_writer=out, minloglevel=2, num_threads=1, normalization_rule_name="identity",
        **options,
    )
    model = out.getvalue()
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    ids = [processor.encode(text) for text in TEXTS]
    decoded = [processor.decode(one) for one in ids]
    return {"model": base64.b64encode(model).decode(), "sha256": sha256(model), "ids": ids, "decoded": decoded}


def real(shared, before):
    """Ids of the two real tokenizers, each with the hash of its file."""
    folder = shared / "data" / "tokenizers"
    if not folder.is_dir():
        print(f"{folder} is absent: the real tokenizers' ids stay as they were")
        return before
    minimind = (folder / "minimind_tokenizer.json").read_bytes()
    mistral = (folder / "mistral_v1_tokenizer.model").read_bytes()
    processor = sentencepiece.SentencePieceProcessor(model_proto=mistral)
    return {
        "minimind_tokenizer.json": {"sha256": sha256(minimind), "ids": encode_all(Tokenizer.from_str(minimind.decode()))},
        "mistral_v1_tokenizer.model": {"sha256": sha256(mistral), "ids": [processor.encode(text) for text in TEXTS]},
    }


def main():
    path = Path("test/golden/tokenizers.json")
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PLUG_SHARED", "../shared"))
    before = json.loads(path.read_text()).get("real", {}) if path.exists() else {}
    versions = {name: version(name) for name in ("tokenizers", "sentencepiece")}
    fallback = {"model_type": "bpe", "byte_fallback": True, "remove_extra_whitespaces": False}
    golden = {
        "madeBy": "scripts/golden/tokenization.py",
        "versions": {"python": platform.python_version(), **versions},
        "lines": LINES,
        "texts": TEXTS,
        "own": own_bpe(),
        "llamaLike": llama_like(),
        "metaspace": metaspace(),
        "sentencepieceBpe": sentencepiece_model(vocab_size=640, character_coverage=0.98, **fallback),
        "sentencepieceUnigram": sentencepiece_model(vocab_size=480, model_type="unigram", character_coverage=1.0),
        "real": real(shared, before),
    }
    parts = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=True)}" for key, value in golden.items()]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")
    print(f"{path}: {path.stat().st_size} bytes, {len(TEXTS)} texts")


main()
