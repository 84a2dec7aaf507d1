"""What the peers' workers share: tensors in safetensors files, and requests as lines of JSON (see ../protocol.ts)."""

import json
import os
import resource
import sys
import time

import numpy as np

ADAM = {"learning_rate": 2e-4, "beta1": 0.5, "beta2": 0.999, "epsilon": 1e-7}
SLOPE = 0.2


def read_tensors(path):
    """Tensors by name, float32. Format: github.com/huggingface/safetensors, "Format" in its README."""
    with open(path, "rb") as file:
        data = file.read()
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(data[begin:], np.float32, int(np.prod(entry["shape"])), entry["data_offsets"][0])
        .reshape(entry["shape"])
        .copy()
        for name, entry in header.items()
    }


def write_tensors(path, tensors):
    header, chunks, offset = {}, [], 0
    for name, tensor in tensors.items():
        values = np.ascontiguousarray(tensor, np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(values)]}
        chunks.append(values)
        offset += len(values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(chunks))


def read_batches(folder):
    """The batches of a folder, in their order."""
    names = sorted(name for name in os.listdir(folder) if name.startswith("batch-"))
    return [read_tensors(os.path.join(folder, name)) for name in names]


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Batches:
    """One batch after the other, round and round."""

    def __init__(self, batches):
        self.batches, self.next = batches, 0

    def take(self):
        self.next += 1
        return self.batches[(self.next - 1) % len(self.batches)]


def serve(version, load):
    """Answers requests until the input ends. `load(net, folder)` makes an object with step() and slopes()."""
    out = os.fdopen(os.dup(1), "w")
    # Libraries that print would spoil the protocol.
    os.dup2(2, 1)

    def say(response):
        out.write(json.dumps(response) + "\n")
        out.flush()

    say({"version": version})
    subject = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["command"] == "load":
                subject = None
                subject = load(request["net"], request["folder"])
                say({})
            elif request["command"] == "parity":
                losses, gradients = subject.slopes()
                write_tensors(request["gradientsFile"], gradients)
                later = [subject.step() for _ in range(request["steps"])]
                say({"losses": losses, "laterLosses": later})
            else:
                say(timed(subject, request["steps"]))
        except Exception as error:  # Told to the benchmark, which decides.
            say({"error": f"{type(error).__name__}: {str(error).strip().splitlines()[0][:300]}"})


def timed(subject, steps):
    cpu, begin = processor_seconds(), time.perf_counter()
    milliseconds = []
    for _ in range(steps):
        started = time.perf_counter()
        subject.step()
        milliseconds.append((time.perf_counter() - started) * 1000)
    used = processor_seconds() - cpu
    cores = used / (time.perf_counter() - begin)
    return {"milliseconds": milliseconds, "cores": cores, "processorSeconds": used, "rssBytes": resident_bytes()}
