"""Runs the cells of a notebook in its kernel, top to bottom, and writes it with their outputs.

execute.py NOTEBOOK OUTPUT SECONDS: a cell may take SECONDS. Ends with 1 at the first cell that fails, saying which and why.
"""

import os
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

source, target, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
notebook = nbformat.read(source, as_version=4)
client = NotebookClient(
    notebook,
    timeout=seconds,
    startup_timeout=180,
    record_timing=False,
    resources={"metadata": {"path": os.path.dirname(os.path.abspath(source))}},
)


def said(cell) -> str:
    """What a cell wrote of its error; tslab writes it as text to stderr."""
    return "".join(output.text for output in cell.outputs if output.get("name") == "stderr").strip()


count = 0
with client.setup_kernel():
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        count += 1
        start = time.monotonic()
        first = cell.source.split("\n")[0]
        try:
            client.execute_cell(cell, index, execution_count=count)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            reason = said(cell) or str(error).strip()
            sys.exit(f"cell {index + 1} failed ({type(error).__name__}):\n\n{cell.source}\n\n{reason}")
        print(f"cell {index + 1}, {time.monotonic() - start:.1f} s: {first}", flush=True)
nbformat.write(notebook, target)
