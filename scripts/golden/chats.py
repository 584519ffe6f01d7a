"""Writes test/golden/chats.json: what `apply_chat_template` of transformers makes of conversations.

Run from the repository's root, with `pip install transformers sentencepiece protobuf` done:
    python scripts/golden/chats.py
The templates are written here, each in the manner of a published one; the tokenizers are those of
test/golden/tokenizers.json, with the special tokens that a template needs added at the end.
"""
import base64, json, os, tempfile
from importlib.metadata import version
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")
from transformers import AutoTokenizer

GOLDEN = Path("test/golden")
TOKENIZERS = json.loads((GOLDEN / "tokenizers.json").read_text())

CHATML = """
{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""
# Qwen 3: earlier answers lose their thoughts, the last one has some, be they empty.
THINKING = """
{%- for message in messages %}
    {%- if message.role == 'assistant' and loop.last %}
        {{- '<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n' + message.content.lstrip('\\n') + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
"""
# Llama 2: no end of the user's turn but text, a space around what the assistant says, the system text inside.
INST = """
{%- if messages[0]['role'] == 'system' %}
    {%- set system = '<<SYS>>\\n' + messages[0]['content'] + '\\n<</SYS>>\\n\\n' %}
    {%- set rest = messages[1:] %}
{%- else %}
    {%- set system = '' %}
    {%- set rest = messages %}
{%- endif %}
{%- for message in rest %}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}
    {%- endif %}
    {%- if message['role'] == 'user' %}
        {{- bos_token + '[INST] ' + (system if loop.first else '') + message['content'].strip() + ' [/INST]' }}
    {%- else %}
        {{- ' ' + message['content'].strip() + ' ' + eos_token }}
    {%- endif %}
{%- endfor %}
"""
# Llama 3: a begin token, headers of special tokens, trimmed text, a date.
HEADERS = """
{{- bos_token }}
{%- if messages[0].role != 'system' %}
    {{- '<|start|>system<|end|>\\n\\nToday Date: ' + strftime_now('%d %b %Y') + '\\n\\n<|eot|>' }}
{%- endif %}
{%- for message in messages %}
    {{- '<|start|>' + message.role + '<|end|>\\n\\n' + message.content | trim + '<|eot|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start|>assistant<|end|>\\n\\n' }}
{%- endif %}
"""
# Gemma: no system text, and the assistant has another name.
NO_SYSTEM = """
{{- bos_token }}
{%- for message in messages %}
    {%- if message.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}
    {%- set role = 'model' if message.role == 'assistant' else message.role %}
    {{- '<|turn|>' + role + '\\n' + message.content | trim + '<|done|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|turn|>model\\n' }}
{%- endif %}
"""
# Tokens that only tokenizer_config.json names, one of them by a name of its own, and one that is not named.
NAMED = """
{{- cls_token if cls_token is defined else 'none' }}{{ mask_token if mask_token is defined else '' }}
{%- for message in messages %}
    {{- turn_token + message.role + '\\n' + message.content + sep_token }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- turn_token + 'assistant\\n' }}
{%- endif %}
"""
CHATML_TOKENS = ["<|im_start|>", "<|im_end|>"]
HEADER_TOKENS = ["<|start|>", "<|end|>", "<|eot|>"]
TEMPLATES = {
    "ChatML": dict(jinja=CHATML, special=CHATML_TOKENS, eos="<|im_end|>"),
    "thinking": dict(jinja=THINKING, special=CHATML_TOKENS, eos="<|im_end|>"),
    "[INST]": dict(jinja=INST, special=[], eos="</s>"),
    "headers": dict(jinja=HEADERS, special=HEADER_TOKENS, eos="<|eot|>"),
    "named": dict(jinja=NAMED, special=["<|turn|>", "<|sep|>", "<|cls|>"], eos="</s>",
                  names=dict(turn_token="<|turn|>", sep_token="<|sep|>", cls_token="<|cls|>")),
    "no system": dict(jinja=NO_SYSTEM, special=["<|turn|>", "<|done|>"], eos="<|done|>"),
}

SYSTEM = "Please interpret the instruction in English, and then respond both in English and in Korean."
ANSWER = "English instruction:\nHow are you?\n\nEnglish response:\nFine.\n\n한국어 응답:\n좋습니다. 你好吗"
user = lambda text: {"role": "user", "content": text}
assistant = lambda text: {"role": "assistant", "content": text}
CONVERSATIONS = [
    [user("잘 지내세요?"), assistant(ANSWER)],
    [{"role": "system", "content": SYSTEM}, user("잘 지내세요?"), assistant(ANSWER)],
    [{"role": "system", "content": SYSTEM}, user("Ciao!"), assistant("¡Hola!"), user("잘\n지내세요?"), assistant(ANSWER)],
]


def folder_of(kind, template, where):
    """Puts a tokenizer of the golden file there. Returns its config with the template, and the tokens added to it."""
    added = []
    flags = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
    if kind == "SentencePiece":
        (where / "tokenizer.model").write_bytes(base64.b64decode(TOKENIZERS["sentencepieceBpe"]["model"]))
        config = {"tokenizer_class": "LlamaTokenizer", "legacy": False}
        beside = {str(640 + i): dict(content=token, **flags) for i, token in enumerate(template["special"])}
        if beside:
            config["added_tokens_decoder"] = beside
    else:
        data = json.loads(json.dumps(TOKENIZERS[{"Llama 2": "llamaLike", "Metaspace": "metaspace"}[kind]]["json"]))
        vocab = data["model"]["vocab"]
        first = max(len(vocab), *(token["id"] + 1 for token in data["added_tokens"]))
        known = {token["content"] for token in data["added_tokens"]}
        new = [token for token in template["special"] if token not in known]
        added = [dict(id=first + i, content=token, **flags) for i, token in enumerate(new)]
        data["added_tokens"] += added
        (where / "tokenizer.json").write_text(json.dumps(data, ensure_ascii=False))
        config = {"tokenizer_class": "PreTrainedTokenizerFast"}
    begin = "<s>" if kind != "Metaspace" else None
    config |= {"bos_token": begin, "eos_token": template["eos"], "chat_template": template["jinja"].strip("\n")}
    config |= template.get("names", {})
    (where / "tokenizer_config.json").write_text(json.dumps(config))
    return config, added


def main():
    cases = []
    for kind in ("Llama 2", "Metaspace", "SentencePiece"):
        for name, template in TEMPLATES.items():
            if kind == "Metaspace" and "bos_token" in template["jinja"]:
                continue  # nor has this one a begin token
            with tempfile.TemporaryDirectory() as path:
                config, added = folder_of(kind, template, Path(path))
                tokenizer = AutoTokenizer.from_pretrained(path)
            chats = []
            for conversation in CONVERSATIONS:
                if name == "no system" and conversation[0]["role"] == "system":
                    system, first, *rest = conversation
                    conversation = [user(system["content"] + "\n\n" + first["content"]), *rest]
                fixed = template["jinja"].replace("strftime_now('%d %b %Y')", "'26 Jul 2024'")
                make = lambda some, **options: tokenizer.apply_chat_template(
                    some, chat_template=fixed.strip("\n"), enable_thinking=False, return_dict=False, **options
                )
                chats.append({
                    "prompt": make(conversation[:-1], add_generation_prompt=True),
                    "whole": make(conversation),
                })
            cases.append({"tokenizer": kind, "template": name, "config": config, "added": added, "chats": chats})
    names = ("transformers", "tokenizers", "sentencepiece")
    golden = {
        "versions": {name: version(name) for name in names},
        "conversations": CONVERSATIONS,
        "cases": cases,
    }
    (GOLDEN / "chats.json").write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")


main()
