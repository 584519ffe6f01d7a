"""Writes test/golden/textScores.json: how Python's libraries score answers against references.

Run from the repository's root:
    python -m venv .venv-scores
    .venv-scores/bin/pip install sacrebleu==2.6.0 rouge_score==0.1.2 transformers==4.57.6 regex
    .venv-scores/bin/python scripts/golden/text_scores.py
chrF is sacrebleu's, of sentences and of the corpus. ROUGE-L is rouge_score's without stemmer; English has its own
tokenizer, which leaves nothing of other scripts, so the others are given one of letters and digits of all of Unicode.
Exact match and F1 in English are those of transformers' SQuAD metric; in other languages they are computed in this script as
MLQA does, with the articles of docs/evaluate.md.
"""
import collections
import json
import os
import platform
import unicodedata
from importlib.metadata import version
from pathlib import Path

os.environ.update(TRANSFORMERS_VERBOSITY="error")
import regex
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import CHRF
from transformers.data.metrics import squad_metrics

# Language, answer, references.
CASES = [
    ("en", "The cat sat on the mat.", ["The cat sat on the mat."]),
    ("en", "the cat sat on a mat", ["The cat sat on the mat."]),
    ("en", "A dog", ["The cat sat on the mat."]),
    ("en", "", ["The cat sat on the mat."]),
    ("en", "the", ["a"]),
    ("en", "the", ["cat"]),
    ("en", "...", ["!!"]),
    ("en", "cat", ["The"]),
    ("en", "It's 3.5 km (about 2 miles)", ["3.5 kilometres, about 2 miles"]),
    ("en", "well-known  state-of-the-art\tmodel\nx_y", ["well known state of the art model x_y"]),
    ("en", "ab", ["abc"]),
    ("en", "abcdefgh", ["ab"]),
    ("en", "x", ["x"]),
    ("en", "Paris", ["London", "paris!", "Paris, France"]),
    ("en", "the the the cat cat", ["cat the", "the cat the cat the"]),
    ("en", "a\u00a0b\u2003c\u3000d e\u001cf", ["ab cd ef"]),
    ("en", "I like 🍎🍎 apples 👩‍👩‍👧 a lot", ["I like 🍎 apples a lot 👩‍👧"]),
    ("en", "Yes. " * 40, ["No. Yes. " * 20]),
    ("en", "He went to the bank to deposit his money before it closed at five in the afternoon",
     ["Before the bank closed at five he went there to deposit money", "He deposited his money in the afternoon"]),
    ("zh", "巴黎是法国的首都。", ["法国的首都是巴黎。"]),
    ("zh", "巴黎", ["巴黎", "法国巴黎"]),
    ("zh", "他有3个 iPhone 手机。", ["他有三个iPhone手机"]),
    ("zh", "", ["巴黎"]),
    ("zh", "「巴黎」——首都！", ["巴黎首都"]),
    ("ko", "파리는 프랑스의 수도입니다.", ["프랑스의 수도는 파리입니다."]),
    ("ko", "파리", ["파리."]),
    ("ko", "서울 특별시, 대한민국", ["대한민국 서울 특별시"]),
    ("ko", unicodedata.normalize("NFD", "서울 특별시"), ["서울 특별시"]),
    ("it", "L'uomo è andato a casa.", ["un uomo è andato a casa"]),
    ("it", "la città più bella è l’Aquila", ["L'Aquila è la più bella città"]),
    ("es", "El niño comió una manzana.", ["un niño comió la manzana"]),
    ("es", "¿Dónde está? ¡Aquí!", ["donde esta aqui"]),
    ("ja", "東京タワーはきれいです", ["東京タワーがきれいだ"]),
    ("th", "กรุงเทพเป็นเมืองหลวง", ["กรุงเทพคือเมืองหลวง"]),
    ("de", "Der Hund schläft.", ["der hund schläft"]),
]
UNSPACED = r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]"
ARTICLES = {
    "es": r"\b(?:un|una|unos|unas|el|la|los|las)\b",
    "it": r"\b(?:un|uno|una|il|lo|la|i|gli|le|l)\b",
}
PUNCTUATION = r"[\p{P}$+<=>^`|~]"


def words(text, language):
    text = unicodedata.normalize("NFC", text).lower()
    if language == "it":
        text = regex.sub(r"(?<=\p{L})['’](?=\p{L})", " ", text)
    text = regex.sub(PUNCTUATION, "", text)
    if language in ARTICLES:
        text = regex.sub(ARTICLES[language], " ", text)
    return regex.sub(UNSPACED + r"\p{M}*", r" \g<0> ", text).split()


def exact_and_f1(answer, reference, language):
    if language == "en":
        return squad_metrics.compute_exact(reference, answer), squad_metrics.compute_f1(reference, answer)
    said, right = words(answer, language), words(reference, language)
    if not said or not right:
        return int(said == right), int(said == right)
    common = sum((collections.Counter(said) & collections.Counter(right)).values())
    f1 = 2 * common / (len(said) + len(right))
    return int(said == right), f1


class Letters:
    """rouge_score's tokenizer for any script."""

    def tokenize(self, text):
        text = unicodedata.normalize("NFC", text.lower())
        return regex.findall(UNSPACED + r"\p{M}*|(?:(?!" + UNSPACED + r")[\p{L}\p{M}\p{N}])+", text)


chrf = CHRF()
cases = []
for language, answer, references in CASES:
    rouge = RougeScorer(["rougeL"], use_stemmer=False, tokenizer=None if language == "en" else Letters())
    both = [exact_and_f1(answer, reference, language) for reference in references]
    cases.append({
        "language": language,
        "answer": answer,
        "references": references,
        "exact": max(exact for exact, _ in both),
        "f1": max(f1 for _, f1 in both),
        "chrf": chrf.sentence_score(answer, references).score,
        "rougeL": rouge.score_multi(references, answer)["rougeL"].fmeasure,
    })

# The corpus of each language, by the first reference alone.
corpora = {}
for language in dict.fromkeys(language for language, _, _ in CASES):
    some = [(answer, references[0]) for of, answer, references in CASES if of == language]
    corpora[language] = chrf.corpus_score([answer for answer, _ in some], [[reference for _, reference in some]]).score

versions = {name: version(name) for name in ("sacrebleu", "rouge_score", "transformers", "regex")}
golden = {
    "versions": {"python": platform.python_version(), **versions},
    "chrf": str(chrf.get_signature()),
    "cases": cases,
    "corpora": corpora,
}
Path("test/golden/textScores.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")
