"""Options that transformers and PEFT write into config.json and adapter_config.json, with their defaults.

    python3 scripts/golden/configKeys.py transformers 4.38.2 4.45.2 4.51.3 4.57.3 5.24.0
    python3 scripts/golden/configKeys.py peft 0.4.0 0.7.1 0.10.0 0.13.2 0.15.2 0.17.1 0.21.2
    python3 scripts/golden/configKeys.py join FOLDER > test/golden/configKeys.json

Each version is installed in an environment of its own, in the folder CONFIG_KEYS (default .config-keys), where its
answer is kept as JSON; `join` makes one file of them. PEFT is not imported, since that needs PyTorch: its defaults are
read from its source.
"""
import ast
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

FOLDER = Path(os.environ.get("CONFIG_KEYS", ".config-keys"))
TYPES = ["llama", "mistral", "qwen2", "qwen3", "gemma3_text"]
ASK = f"""
import json
from transformers import CONFIG_MAPPING
kinds = [kind for kind in {TYPES} if kind in CONFIG_MAPPING]
print(json.dumps({{kind: json.loads(CONFIG_MAPPING[kind]().to_json_string(use_diff=False)) for kind in kinds}}))
"""


def environment(package, version, *options):
    folder = FOLDER / f"{package}-{version}"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *options, f"{package}=={version}"], check=True)
    return folder, python


def transformers_defaults(version):
    _, python = environment("transformers", version)
    return json.loads(subprocess.run([python, "-c", ASK], check=True, capture_output=True, text=True).stdout)


def peft_defaults(version):
    folder, _ = environment("peft", version, "--no-deps")
    [package] = folder.glob("lib/python*/site-packages/peft")
    found = {}
    for file in ["config.py", "utils/config.py", "tuners/lora.py", "tuners/lora/config.py"]:
        if (package / file).exists():
            tree = ast.parse((package / file).read_text())
            for one in ast.walk(tree):
                if isinstance(one, ast.ClassDef) and one.name in ("PeftConfigMixin", "PeftConfig", "LoraConfig"):
                    found.update(fields(one))
    return {"LORA": {**found, "peft_type": "LORA"}}


def fields(definition):
    for field in definition.body:
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.value, ast.Call):
            continue
        given = {one.arg: one.value for one in field.value.keywords}
        if "default" in given:
            yield field.target.id, ast.literal_eval(given["default"])
        elif "default_factory" in given:
            yield field.target.id, {}


def join(folder):
    """One entry for each set of options, with all versions that have it."""
    found = []
    for file in sorted(Path(folder).glob("*.json"), key=lambda file: [part.zfill(4) for part in file.stem.split(".")]):
        package, version = file.stem.rsplit("-", 1)
        for kind, options in json.loads(file.read_text()).items():
            options.pop("transformers_version", None)
            same = [one for one in found if one["kind"] == kind and one["options"] == options]
            if same:
                same[0]["versions"].append(version)
            else:
                found.append({"package": package, "kind": kind, "versions": [version], "options": options})
    json.dump(found, sys.stdout, sort_keys=True)


command, *rest = sys.argv[1:]
if command == "join":
    join(rest[0])
else:
    for version in rest:
        answer = {"transformers": transformers_defaults, "peft": peft_defaults}[command](version)
        (FOLDER / f"{command}-{version}.json").write_text(json.dumps(answer))
        print(command, version, {kind: len(options) for kind, options in answer.items()}, file=sys.stderr)
