"""Times this kernel against stock tslab, both started from the same node_modules.

    npm run build && .venv/bin/python scripts/time_kernel.py [ROUNDS]

Each round starts both kernels, one after the other. Cells alternate between the two, so that another load on the machine
hits both alike. Prints medians, and our share of stock tslab's figure.
"""
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CELLS = 100
PROGRAMS = {
    "tslab": [str(ROOT / "node_modules/tslab/bin/tslab"), "kernel", "--config-path", "{connection_file}"],
    "multimodal-gan": ["--no-force-async-hooks-checks", str(ROOT / "dist/kernel/main.js"), "--connection-file", "{connection_file}"],
}


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        for name, program in PROGRAMS.items():
            spec = Path(folder, "kernels", name)
            spec.mkdir(parents=True)
            argv = [shutil.which("node"), *program]
            Path(spec, "kernel.json").write_text(json.dumps({"argv": argv, "display_name": name, "language": "typescript"}))
        os.environ["JUPYTER_PATH"] = folder
        os.environ["JUPYTER_DATA_DIR"] = folder
        results = {name: [] for name in PROGRAMS}
        for turn in range(rounds):
            for name, result in measure(turn).items():
                results[name].append(result)
    report(results)


def measure(turn):
    from jupyter_client.manager import KernelManager

    kernels, results = {}, {}
    names = list(PROGRAMS) if turn % 2 == 0 else list(PROGRAMS)[::-1]
    for name in names:
        manager = KernelManager(kernel_name=name)
        started = time.perf_counter()
        manager.start_kernel(cwd=str(ROOT / "test"))
        client = manager.client()
        client.start_channels()
        answer(client, client.kernel_info())
        ready = time.perf_counter() - started
        run(client, "const start = 1; start")
        results[name] = {"first request (s)": ready, "first cell done (s)": time.perf_counter() - started, "cells": []}
        kernels[name] = manager, client
        time.sleep(1)
        results[name]["memory at rest (MB)"] = memory(manager.provisioner.process.pid)
    for cell in range(CELLS):
        for name in names if cell % 2 else names[::-1]:
            began = time.perf_counter()
            run(kernels[name][1], f"const value{cell} = {cell} * 2; value{cell} + 1")
            results[name]["cells"].append(time.perf_counter() - began)
    for name, (manager, client) in kernels.items():
        results[name][f"{CELLS} cells (s)"] = sum(results[name].pop("cells"))
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return results


def run(client, code):
    reply = answer(client, client.execute(code))
    assert reply["content"]["status"] == "ok", reply["content"]


def answer(client, message_id):
    while True:
        reply = client.get_shell_msg(timeout=60)
        if reply["parent_header"].get("msg_id") == message_id:
            return reply


def memory(pid):
    """Resident memory; Linux only."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return float("nan")
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def report(results):
    stock, ours = results["tslab"], results["multimodal-gan"]
    print(f"{'median of ' + str(len(stock)):24}{'tslab':>10}{'ours':>10}{'share':>10}")
    for figure in stock[0]:
        a, b = (statistics.median(result[figure] for result in group) for group in (stock, ours))
        print(f"{figure:24}{a:10.2f}{b:10.2f}{b / a:10.2f}")


main()
