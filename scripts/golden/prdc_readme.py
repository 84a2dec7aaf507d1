"""The example of prdc's README, with a seed, written to test/golden/prdc-readme.json.

Called as:  python scripts/golden/prdc_readme.py
It needs prdc 0.2 and numpy; the tests need no Python. The README seeds nothing ("may fluctuate due to randomness"), so its own four
numbers cannot be met to the digit by anyone; with np.random.seed the same lines of code make the same arrays on every machine.
numpy.random.normal is frozen (NEP 19): the seed is the array. Some of its values are kept, so that a reader knows that he has it.
"""
import contextlib
import importlib.metadata
import io
import json
import pathlib
import platform

import numpy as np
from prdc import compute_prdc


def example(num_real_samples, feature_dim, nearest_k, seed):
    np.random.seed(seed)
    num_fake_samples = num_real_samples
    real_features = np.random.normal(loc=0.0, scale=1.0, size=[num_real_samples, feature_dim])
    fake_features = np.random.normal(loc=0.0, scale=1.0, size=[num_fake_samples, feature_dim])
    with contextlib.redirect_stdout(io.StringIO()):
        metrics = compute_prdc(real_features=real_features, fake_features=fake_features, nearest_k=nearest_k)
    return {
        "rows": num_real_samples, "columns": feature_dim, "k": nearest_k, "seed": seed,
        "first": real_features[0, :3].tolist(), "last": fake_features[-1, -3:].tolist(),
        "prdc": {key: float(value) for key, value in metrics.items()},
    }


record = {
    "origin": "scripts/golden/prdc_readme.py",
    "versions": {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in ["numpy", "prdc"]}},
    # https://github.com/clovaai/generative-evaluation-prdc, README.md, 10,000 rows of 1,000 features without a seed.
    "readme": {"precision": 0.4772, "recall": 0.4705, "density": 1.0555, "coverage": 0.9735},
    "cases": [example(10000, 1000, 5, seed=0), example(400, 1000, 5, seed=0)],
}
target = pathlib.Path(__file__).resolve().parents[2] / "test" / "golden" / "prdc-readme.json"
target.write_text(json.dumps(record, indent=1) + "\n")
print(json.dumps(record, indent=1))
