"""Runs the graph of a compiled step with tracing and tells, as JSON, in which kernels the time goes.

Called as:  python timeline.py FOLDER
FOLDER holds saved_model.pb, states.safetensors (the variables' values), step-N.safetensors (arguments by number) and
steps.json (for each step of the graph what is fed and fetched).
"""

import collections
import json
import os
import sys

FOLDER = sys.argv[1]
with open(f"{FOLDER}/steps.json") as file:
    SETUP = json.load(file)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf  # noqa: E402
from common import read_tensors  # noqa: E402

v1 = tf.compat.v1
WARMUP, TRACED = 10, 20

with v1.Graph().as_default() as graph:
    in_op, ops = SETUP["sharing"]
    config = v1.ConfigProto(intra_op_parallelism_threads=in_op, inter_op_parallelism_threads=ops)
    # As in the sessions of compiled steps: the graph that is timed is the one that was written.
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    session = v1.Session(config=config, graph=graph)
    v1.saved_model.load(session, ["serve"], FOLDER)

    def typed(name, values):
        return values.astype(graph.get_tensor_by_name(f"{name}:0").dtype.as_numpy_dtype)

    for state, values in read_tensors(f"{FOLDER}/states.safetensors").items():
        session.run(f"{state}/done:0", {f"{state}/new:0": typed(f"{state}/new", values)})

    nanoseconds, counts = collections.Counter(), collections.Counter()
    for number, step in enumerate(SETUP["steps"]):
        values = read_tensors(f"{FOLDER}/step-{number}.safetensors")
        feeds = {f"{feed['name']}:0": typed(feed["name"], values[str(feed["index"])]) for feed in step["feeds"]}
        fetches = [f"{name}:0" for name in step["fetches"]]
        for _ in range(WARMUP):
            session.run(fetches, feeds)
        options = v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE)
        for _ in range(TRACED):
            metadata = v1.RunMetadata()
            session.run(fetches, feeds, options, metadata)
            for device in metadata.step_stats.dev_stats:
                for node in device.node_stats:
                    # "NAME = OP(INPUTS)"
                    label = node.timeline_label.split(" = ")[-1].split("(")[0] or node.node_name.split(":")[-1]
                    nanoseconds[label] += node.op_end_rel_nanos - node.op_start_rel_nanos
                    counts[label] += 1

total = sum(nanoseconds.values())
rows = [
    {"op": op, "count": counts[op] / TRACED, "milliseconds": spent / TRACED / 1e6, "share": spent / total}
    for op, spent in nanoseconds.most_common(12)
]
print(json.dumps(rows))
