"""Unpacks from a wheel the files whose names match a pattern, and prints their names, sizes and hashes as JSON.

Called by fetch.ts as `python3 unpack.py WHEEL FOLDER PATTERN`, with the standard library alone.
"""
import hashlib
import json
import os
import re
import sys
import zipfile

wheel, folder, pattern = sys.argv[1:]
files = []
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        parts = entry.filename.split("/")
        if not re.search(pattern, entry.filename) or ".." in parts or entry.filename.startswith("/"):
            continue
        target = os.path.join(folder, *parts)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        digest = hashlib.sha256()
        with archive.open(entry) as source, open(target, "wb") as sink:
            while True:
                block = source.read(1 << 20)
                if not block:
                    break
                digest.update(block)
                sink.write(block)
        if entry.external_attr >> 16 & 0o111:
            os.chmod(target, 0o755)
        files.append({"path": entry.filename, "bytes": entry.file_size, "sha256": digest.hexdigest()})
json.dump(files, sys.stdout)
