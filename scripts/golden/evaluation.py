"""Reference values for the metrics of src/evaluation, written to test/golden/evaluation.json.

Called as:  python scripts/golden/evaluation.py     (needs numpy, scipy, scikit-learn and prdc 0.2; the tests need no Python)

The Fréchet distance is computed without a matrix root: with centred data A and B,
tr (S1 S2)^(1/2) = |A B^T|_* / sqrt((n-1)(m-1)), the nuclear norm, which stays exact for singular covariances.
Where both covariances are regular, scipy.linalg.sqrtm must agree, or this script stops.
"""
import json
import pathlib
import platform

import numpy as np
import prdc
import scipy
import scipy.linalg
import scipy.stats
import sklearn

rng = np.random.default_rng(20)


def rounded(values):
    return np.round(np.asarray(values, dtype=np.float64), 6)


def frechet(x, y):
    a, b = x - x.mean(0), y - y.mean(0)
    root = np.linalg.svd(a @ b.T, compute_uv=False).sum() / np.sqrt((len(x) - 1) * (len(y) - 1))
    s1, s2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    value = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * root
    if min(np.linalg.eigvalsh(s1)[0], np.linalg.eigvalsh(s2)[0]) > 1e-3:
        other = np.trace(s1) + np.trace(s2) + ((x.mean(0) - y.mean(0)) ** 2).sum() - 2 * np.trace(scipy.linalg.sqrtm(s1 @ s2)).real
        assert abs(other - value) < 1e-9 * max(1, abs(value)), (other, value)
    return float(value)


def kernel(x, y):
    def k(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    m = len(x)
    assert len(y) == m
    kxx, kyy, kxy = k(x, x), k(y, y), k(x, y)
    return float((kxx.sum() - np.trace(kxx) + kyy.sum() - np.trace(kyy)) / (m * (m - 1)) - 2 * kxy.mean())


mixing = rng.normal(size=(6, 6))
low_rank = rng.normal(size=(3, 8))
regular = rounded(rng.normal(size=(60, 6)) @ mixing)
pairs = {
    "regular": (regular, rounded(rng.normal(size=(40, 6)) * [1, 2, 0.5, 1, 3, 1] + 0.3)),
    "the same set": (regular, regular),
    "singular: rank 3 of 8": (rounded(rng.normal(size=(30, 3)) @ low_rank), rounded(rng.normal(size=(25, 3)) @ low_rank + 0.2)),
    "one regular, one singular": (rounded(rng.normal(size=(40, 8))), rounded(rng.normal(size=(25, 3)) @ low_rank)),
    "fewer rows than features": (rounded(rng.normal(size=(5, 12))), rounded(rng.normal(size=(7, 12)) + 0.5)),
    "constant features": (
        rounded(np.hstack([rng.normal(size=(20, 3)), np.full((20, 2), 4.0)])),
        rounded(np.hstack([rng.normal(size=(20, 3)) * 2, np.full((20, 2), 3.5)])),
    ),
    "scales from 1e3 to 1e-3": (
        rounded(rng.normal(size=(50, 4)) * [1e3, 1, 1e-2, 1e-3]),
        rounded(rng.normal(size=(50, 4)) * [1.1e3, 1, 3e-2, 2e-3]),
    ),
    "far from the origin": (rounded(rng.normal(size=(50, 3)) + 1e4), rounded(rng.normal(size=(50, 3)) + 1e4 + 1)),
}
prdc_pairs = {
    "regular": (rounded(rng.normal(size=(40, 4))), rounded(rng.normal(size=(50, 4)) * 0.8 + 0.2), 3),
    "one mode dropped": (
        rounded(np.vstack([rng.normal(size=(30, 3)), rng.normal(size=(30, 3)) + 8])),
        rounded(rng.normal(size=(30, 3))),
        5,
    ),
    "far apart": (rounded(rng.normal(size=(20, 3))), rounded(rng.normal(size=(20, 3)) + 50), 2),
    # Integer coordinates: ties and duplicates, and distances that both programs compute exactly.
    "ties and duplicates": (
        rng.integers(0, 3, size=(30, 2)).astype(np.float64),
        rng.integers(0, 3, size=(25, 2)).astype(np.float64),
        2,
    ),
}
equal_counts = (rounded(rng.normal(size=(30, 5))), rounded(rng.normal(size=(30, 5)) * 1.5 + 0.1))


def wilson(hits, count):
    interval = scipy.stats.binomtest(hits, count).proportion_ci(0.95, method="wilson")
    return {"hits": hits, "count": count, "low": float(interval.low), "high": float(interval.high)}


record = {
    "origin": "scripts/golden/evaluation.py",
    "versions": {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "prdc": "0.2",
    },
    "frechet": [
        {"case": name, "real": x.tolist(), "generated": y.tolist(), "value": frechet(x, y)} for name, (x, y) in pairs.items()
    ],
    "kernel": [
        {"case": "regular", "real": equal_counts[0].tolist(), "generated": equal_counts[1].tolist(), "value": kernel(*equal_counts)}
    ],
    "prdc": [
        {
            "case": name,
            "real": x.tolist(),
            "generated": y.tolist(),
            "k": k,
            "value": {key: float(value) for key, value in prdc.compute_prdc(x, y, k).items()},
        }
        for name, (x, y, k) in prdc_pairs.items()
    ],
    "wilson": [wilson(hits, count) for hits, count in [(0, 20), (1, 20), (7, 10), (1990, 2000), (2000, 2000)]],
}
target = pathlib.Path(__file__).resolve().parents[2] / "test" / "golden" / "evaluation.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(record, ensure_ascii=False).replace("{\"case\"", "\n{\"case\"") + "\n")
print(f"{target}: {target.stat().st_size} bytes")
