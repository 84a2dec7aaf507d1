"""Executes one notebook with nbclient and writes what came of it as JSON. Called by run-notebooks.mjs.

run_notebook.py NOTEBOOK --result FILE [--timeout SECONDS] [--save]
"""
import argparse
import asyncio
import json
import re
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

# A promise that nobody awaits, or a timer, can fail after the last cell has ended. The kernel then fails the next
# cell; this one waits for such errors and is not part of the notebook.
LAST_CELL = "await new Promise(done => setTimeout(done, 100));"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--result", type=Path, required=True)
    parser.add_argument("--timeout", type=float)
    parser.add_argument("--save", action="store_true")
    args = parser.parse_args()
    try:
        notebook = nbformat.read(args.notebook, as_version=4)
        nbformat.validate(notebook)
        result = execute(notebook, args.notebook.parent, args.timeout)
    except Exception as error:  # an unreadable notebook is a result too
        notebook, result = None, failure(None, error)
    if args.save and result["ok"]:
        save(notebook, args.notebook)
    args.result.write_text(json.dumps(result))


def execute(notebook, folder, timeout):
    cells = len(notebook.cells)
    notebook.cells.append(nbformat.v4.new_code_cell(LAST_CELL))
    client = NotebookClient(
        notebook,
        kernel_name=notebook.metadata.get("kernelspec", {}).get("name", "multimodal-gan"),
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
    )
    started = time.monotonic()
    try:
        asyncio.run(within(client, timeout))
        result = {"ok": True}
    except asyncio.TimeoutError:
        result = {
            "ok": False,
            "cell": running_cell(notebook),
            "ename": "Timeout",
            "evalue": f"The notebook ran for more than {timeout:g} s.",
            "traceback": [],
        }
    except Exception as error:
        result = failure(notebook, error)
    finally:
        notebook.cells.pop()
    return {"cells": cells, "executionSeconds": round(time.monotonic() - started, 2), **result}


async def within(client, timeout):
    await asyncio.wait_for(client.async_execute(), timeout)


def failure(notebook, error):
    """The cell is the number in the margin, which stack traces use too; "end" is what outlived the last cell."""
    if isinstance(error, CellExecutionError) and notebook is not None:
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    return {
                        "ok": False,
                        "cell": "end" if cell.source == LAST_CELL else cell.execution_count,
                        "ename": output.ename,
                        "evalue": output.evalue,
                        "traceback": [COLOURS.sub("", line) for line in output.traceback],
                    }
    known = isinstance(error, (CellTimeoutError, DeadKernelError)) and notebook is not None
    return {
        "ok": False,
        "cell": running_cell(notebook) if known else None,
        "ename": type(error).__name__,
        "evalue": str(error),
        "traceback": [],
    }


def running_cell(notebook):
    """The cell that got its number last."""
    numbers = [cell.get("execution_count") for cell in notebook.cells]
    return max((number for number in numbers if number), default=None)


def save(notebook, path):
    """The same notebook and seed give the same file: no times, no state of widgets, no metadata of a client."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        cell.metadata.pop("scrolled", None)
    notebook.metadata.pop("widgets", None)
    new = path.with_suffix(".ipynb.new")
    nbformat.write(notebook, new)
    new.replace(path)


main()
