"""Reference values for the metrics of src/evaluation, written to test/golden/metrics.json.

Called as:  python scripts/golden/metrics.py
It needs torch-fidelity 0.4, prdc 0.2, clean-fid 0.1.35, scikit-learn, scipy and scikit-image; the tests need no Python.
Inputs are random and adversarial: singular covariances, fewer rows than features, duplicates, constant features, ties, one class.
"""
import contextlib
import importlib.metadata
import io
import json
import pathlib
import platform
import warnings

import numpy as np
import prdc
import scipy.linalg
import scipy.optimize
import scipy.stats
import sklearn.metrics
import torch
from cleanfid import fid as cleanfid
from skimage.metrics import mean_squared_error, structural_similarity
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_isc import isc_features_to_metric
from torch_fidelity.metric_kid import kid_features_to_metric

warnings.filterwarnings("ignore")
rng = np.random.default_rng(9)


def rounded(values, digits=5):
    return np.round(np.asarray(values, dtype=np.float64), digits)


def quietly(run):
    with contextlib.redirect_stdout(io.StringIO()):
        return run()


# Fréchet ------------------------------------------------------------------------------------------------------------

def exact_frechet(x, y):
    """tr (S1 S2)^(1/2) = |A B^T|_* / sqrt((n-1)(m-1)) for centred A, B: no root of a matrix, exact for singular ones."""
    a, b = x - x.mean(0), y - y.mean(0)
    root = np.linalg.svd(a @ b.T, compute_uv=False).sum() / np.sqrt((len(x) - 1) * (len(y) - 1))
    traces = np.trace(np.cov(x, rowvar=False)) + np.trace(np.cov(y, rowvar=False))
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + traces - 2 * root)


def torch_frechet(x, y):
    first, second = [fid_features_to_statistics(torch.from_numpy(v)) for v in (x, y)]
    return float(fid_statistics_to_metric(first, second, False)["frechet_inception_distance"])


def clean_frechet(x, y):
    """clean-fid passes disp=False to scipy.linalg.sqrtm, which scipy no longer has: it is given a sqrtm with the old result."""
    from types import SimpleNamespace

    def sqrtm(a, disp=True):
        root = scipy.linalg.sqrtm(a)
        return root if disp else (root, 0)

    kept = cleanfid.linalg
    cleanfid.linalg = SimpleNamespace(sqrtm=sqrtm)
    try:
        value = quietly(lambda: cleanfid.frechet_distance(x.mean(0), np.cov(x, rowvar=False), y.mean(0), np.cov(y, rowvar=False)))
    except ValueError:
        return None
    finally:
        cleanfid.linalg = kept
    return float(value) if np.isfinite(value) else None


mixing = rng.normal(size=(12, 12))
low_rank = rng.normal(size=(3, 10))
duplicated = rounded(rng.normal(size=(8, 4)))
narrow = rng.normal(size=(40, 6)) * [1, 1, 1, 1e-4, 1e-5, 1e-6]
frechet_pairs = {
    "random": (rounded(rng.normal(size=(60, 12)) @ mixing), rounded(rng.normal(size=(50, 12)) @ mixing * 1.2 + 0.3), "regular"),
    "one dimension wide": (rounded(rng.normal(size=(30, 2))), rounded(rng.normal(size=(20, 2)) * 3 + 1), "regular"),
    "far from the origin": (rounded(rng.normal(size=(40, 3)) + 1e4), rounded(rng.normal(size=(40, 3)) * 2 + 1e4 + 1), "regular"),
    "duplicates": (np.repeat(duplicated, 4, axis=0), rounded(rng.normal(size=(30, 4)) + 0.5), "regular"),
    "nearly singular": (rounded(narrow, 9), rounded(rng.normal(size=(40, 6)) * [2, 1, 1, 3e-4, 1e-5, 2e-6] + 0.1, 9), "singular"),
    "singular covariance": (
        rounded(rng.normal(size=(30, 3)) @ low_rank), rounded(rng.normal(size=(25, 3)) @ low_rank + 0.2), "singular"),
    "n < d": (rounded(rng.normal(size=(6, 14))), rounded(rng.normal(size=(8, 14)) + 0.5), "singular"),
    "constant features": (
        rounded(np.hstack([rng.normal(size=(20, 3)), np.full((20, 2), 4.0)])),
        rounded(np.hstack([rng.normal(size=(20, 3)) * 2, np.full((20, 2), 3.5)])),
        "singular",
    ),
    "one row repeated": (np.repeat(rounded(rng.normal(size=(1, 3))), 5, axis=0), rounded(rng.normal(size=(9, 3))), "singular"),
}
frechet = [
    {
        "case": name, "kind": kind, "real": x.tolist(), "generated": y.tolist(),
        "exact": exact_frechet(x, y), "torchFidelity": torch_frechet(x, y), "cleanFid": clean_frechet(x, y),
    }
    for name, (x, y, kind) in frechet_pairs.items()
]

# Kernel distance ----------------------------------------------------------------------------------------------------

def kernel_case(name, x, y, subsets, size, seed):
    value = quietly(lambda: kid_features_to_metric(
        torch.from_numpy(x), torch.from_numpy(y), kid_subsets=subsets, kid_subset_size=size, rng_seed=seed, verbose=False))
    draws, random = [], np.random.RandomState(seed)
    for _ in range(subsets):
        draws.append({"real": random.choice(len(x), size, replace=False).tolist(), "generated": random.choice(len(y), size, replace=False).tolist()})
    record = {
        "case": name, "real": x.tolist(), "generated": y.tolist(), "draws": draws,
        "torchFidelity": {
            "value": float(value["kernel_inception_distance_mean"]), "standardDeviation": float(value["kernel_inception_distance_std"]),
        },
        "cleanFid": None,
    }
    if size == len(x) == len(y):
        record["cleanFid"] = cleanfid.kernel_distance(x, y, num_subsets=1, max_subset_size=size)
    return record


kernel = [
    kernel_case("random, one subset", rounded(rng.normal(size=(30, 5))), rounded(rng.normal(size=(30, 5)) * 1.5 + 0.1), 1, 30, 1),
    kernel_case("random, subsets", rounded(rng.normal(size=(40, 4))), rounded(rng.normal(size=(35, 4)) * 1.2 + 0.2), 6, 12, 3),
    kernel_case("duplicates", np.repeat(duplicated, 3, axis=0), rounded(rng.normal(size=(24, 4))), 4, 10, 5),
    kernel_case("constant features", np.full((9, 3), 2.0), rounded(np.hstack([rng.normal(size=(9, 1)), np.full((9, 2), 2.0)])), 1, 9, 7),
]

# Precision, recall, density, coverage -------------------------------------------------------------------------------

prdc_pairs = {
    "random": (rounded(rng.normal(size=(60, 8))), rounded(rng.normal(size=(50, 8)) * 0.9 + 0.1), 5),
    "n < d": (rounded(rng.normal(size=(9, 20))), rounded(rng.normal(size=(8, 20))), 3),
    "ties": (rng.integers(0, 3, size=(40, 2)).astype(float), rng.integers(0, 3, size=(30, 2)).astype(float), 3),
    "duplicates": (np.repeat(rng.integers(-4, 5, size=(8, 3)), 4, axis=0).astype(float), rng.integers(-4, 5, size=(20, 3)).astype(float), 5),
    "the same set": (np.tile(rng.integers(-9, 9, size=(25, 3)).astype(float), (1, 1)),) * 2 + (2,),
    "constant features": (np.full((8, 2), 3.0), rng.integers(2, 5, size=(8, 2)).astype(float), 2),
    "far from the origin": (rounded(rng.normal(size=(40, 3)), 3) + 4096, rounded(rng.normal(size=(40, 3)), 3) + 4096, 4),
}
prdc_cases = [
    {"case": name, "k": k, "real": x.tolist(), "generated": y.tolist(),
     "prdc": {key: float(value) for key, value in quietly(lambda: prdc.compute_prdc(x, y, k)).items()}}
    for name, (x, y, k) in prdc_pairs.items()
]

# Inception score ----------------------------------------------------------------------------------------------------

def softmax(logits):
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def inception_case(name, logits, splits):
    logits = rounded(logits, 4)
    value = isc_features_to_metric(torch.from_numpy(logits), splits=splits, shuffle=False)
    return {"case": name, "logits": logits.tolist(), "splits": splits,
            "torchFidelity": {"value": value["inception_score_mean"], "standardDeviation": value["inception_score_std"]}}


inception = [
    inception_case("random, one split", rng.normal(size=(40, 6)) * 2, 1),
    inception_case("random, 4 splits", rng.normal(size=(40, 6)) * 2, 4),
    inception_case("uneven splits", rng.normal(size=(23, 5)) * 3, 5),
    inception_case("one class", np.tile([9.0, 0, 0, -3], (12, 1)), 3),
    inception_case("sure and even", 30 * np.eye(5)[np.arange(20) % 5], 2),
]

# Ranking ------------------------------------------------------------------------------------------------------------

def ranking_case(name, labels, scores):
    labels, scores = np.asarray(labels), np.asarray(scores, dtype=np.float64)
    u = scipy.stats.mannwhitneyu(scores[labels == 1], scores[labels == 0]).statistic
    return {"case": name, "labels": labels.tolist(), "scores": scores.tolist(),
            "auroc": float(sklearn.metrics.roc_auc_score(labels, scores)),
            "mannWhitney": float(u / (labels.sum() * (1 - labels).sum())),
            "averagePrecision": float(sklearn.metrics.average_precision_score(labels, scores))}


def drawn(size, share):
    return (rng.uniform(size=size) < share).astype(int)


ranking = [
    ranking_case("worked example", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]),
    ranking_case("random", drawn(200, 0.5), rounded(rng.normal(size=200))),
    ranking_case("informative", (labels := drawn(300, 0.3)), rounded(rng.normal(size=300) + labels)),
    ranking_case("ties", drawn(150, 0.4), rng.integers(0, 5, size=150)),
    ranking_case("all scores equal", [1, 0, 0, 1, 0], [2, 2, 2, 2, 2]),
    ranking_case("one positive", [0] * 30 + [1], rounded(rng.normal(size=31))),
    ranking_case("separated", [0, 0, 1, 1, 1], [-3, -2, 1, 2, 2]),
    ranking_case("separated the wrong way", [1, 1, 0], [-3, -2, 1]),
]

# Clustering ---------------------------------------------------------------------------------------------------------

def clustering_case(name, labels, clusters):
    table = sklearn.metrics.cluster.contingency_matrix(labels, clusters)
    rows, columns = scipy.optimize.linear_sum_assignment(-table)
    return {"case": name, "labels": np.asarray(labels).tolist(), "clusters": np.asarray(clusters).tolist(),
            "accuracy": float(table[rows, columns].sum() / len(labels)),
            "nmi": float(sklearn.metrics.normalized_mutual_info_score(labels, clusters)),
            "ari": float(sklearn.metrics.adjusted_rand_score(labels, clusters))}


classes = rng.integers(0, 6, size=120)
clustering = [
    clustering_case("random", classes, rng.integers(0, 6, size=120)),
    clustering_case("permuted with errors", classes, np.where(rng.uniform(size=120) < 0.8, (classes * 5 + 2) % 6 + 10, 11)),
    clustering_case("more clusters than classes", classes, rng.integers(0, 15, size=120)),
    clustering_case("fewer clusters than classes", classes, classes // 3),
    clustering_case("one class, one cluster", [4] * 10, [7] * 10),
    clustering_case("one class, many clusters", [4] * 10, list(range(10))),
    clustering_case("one cluster", classes, [0] * 120),
    clustering_case("each its own cluster", list(range(12)), list(range(12))[::-1]),
    clustering_case("worse than chance", [0, 0, 1, 1], [0, 1, 0, 1]),
]

# Retrieval ----------------------------------------------------------------------------------------------------------

def retrieval_case(name, queries, gallery, query_labels, gallery_labels, k, ties):
    unit = lambda v: v / np.linalg.norm(v, axis=1, keepdims=True)
    similarity = unit(queries) @ unit(gallery).T
    found, firsts, precisions = 0, [], []
    for i, row in enumerate(similarity):
        row = np.round(row, 12)
        hits = gallery_labels[np.argsort(-row, kind="stable")] == query_labels[i]
        ranks = np.flatnonzero(hits) + 1
        firsts.append(ranks[0])
        found += ranks[0] <= k
        precision = float(np.mean(np.arange(1, len(ranks) + 1) / ranks))
        if not ties:
            assert abs(precision - sklearn.metrics.average_precision_score(gallery_labels == query_labels[i], row)) < 1e-12
        precisions.append(precision)
    return {"case": name, "queries": queries.tolist(), "gallery": gallery.tolist(), "queryLabels": query_labels.tolist(),
            "galleryLabels": gallery_labels.tolist(), "k": k, "recall": found / len(queries),
            "medianRank": float(np.median(firsts)), "meanAveragePrecision": float(np.mean(precisions))}


with_each = lambda size, count: np.concatenate([np.arange(count), rng.integers(0, count, size=size - count)])
axes = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], dtype=float)
retrieval = [
    retrieval_case("random", rounded(rng.normal(size=(25, 4))), rounded(rng.normal(size=(30, 4))), rng.integers(0, 5, size=25), with_each(30, 5), 3, False),
    retrieval_case("pairs", (codes := rounded(rng.normal(size=(20, 3)))), rounded(codes + rng.normal(size=(20, 3)) * 0.8), np.arange(20), np.arange(20), 5, False),
    retrieval_case("ties", axes[rng.integers(0, 4, size=12)], axes[rng.integers(0, 4, size=16)], rng.integers(0, 4, size=12), with_each(16, 4), 2, True),
]

# Classifiers --------------------------------------------------------------------------------------------------------

def blobs(size, noise, classes=4, width=5):
    labels = with_each(size, classes)
    return rounded(centres[labels, :width] + rng.normal(size=(size, width)) * noise), labels


centres = rng.normal(size=(4, 5)) * 2


def classifier_case(name, train, train_labels, test, test_labels, k):
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=1, tol=1e-10, max_iter=5000)).fit(train, train_labels)
    return {"case": name, "train": train.tolist(), "trainLabels": train_labels.tolist(), "test": test.tolist(), "testLabels": test_labels.tolist(),
            "k": k, "neighbours": float(KNeighborsClassifier(k).fit(train, train_labels).score(test, test_labels)),
            "probe": float(probe.score(test, test_labels)), "probabilities": probe.predict_proba(test)[:8].tolist()}


classifiers = [
    classifier_case("random", *blobs(60, 2.0), *blobs(40, 2.0), 1),
    classifier_case("five neighbours", *blobs(60, 2.5), *blobs(40, 2.5), 5),
    classifier_case("constant feature", *(lambda x, y: (np.hstack([x, np.full((len(x), 1), 7.0)]), y))(*blobs(40, 1.5)),
                    *(lambda x, y: (np.hstack([x, np.full((len(x), 1), 7.0)]), y))(*blobs(30, 1.5)), 1),
]

# Pictures -----------------------------------------------------------------------------------------------------------

def picture_case(name, a, b, data_range, channels=False):
    axis = -1 if channels else None
    return {"case": name, "shape": list(a.shape), "a": a.flatten().tolist(), "b": b.flatten().tolist(), "dataRange": data_range,
            "ssim": float(structural_similarity(a, b, data_range=data_range, channel_axis=axis)),
            "gaussian": float(structural_similarity(a, b, data_range=data_range, channel_axis=axis, gaussian_weights=True, sigma=1.5,
                                                    use_sample_covariance=False)),
            "mse": float(mean_squared_error(a, b))}


smooth = np.add.outer(np.sin(np.arange(14) / 3), np.cos(np.arange(16) / 4)) / 4 + 0.5
pictures = [
    picture_case("noise on a smooth picture", rounded(smooth, 4), rounded(np.clip(smooth + rng.normal(size=smooth.shape) * 0.1, 0, 1), 4), 1.0),
    picture_case("two random pictures", rounded(rng.uniform(size=(12, 13)), 4), rounded(rng.uniform(size=(12, 13)), 4), 1.0),
    picture_case("constant pictures", np.full((11, 11), 0.25), np.full((11, 11), 0.75), 1.0),
    picture_case("the same picture", rounded(smooth, 4), rounded(smooth, 4), 1.0),
    picture_case("three channels in [-1, 1]", rounded(rng.uniform(-1, 1, size=(12, 11, 3)), 4), rounded(rng.uniform(-1, 1, size=(12, 11, 3)), 4), 2.0, True),
]

# Sliced Wasserstein -------------------------------------------------------------------------------------------------

def sliced_case(name, x, y, directions):
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    first = [scipy.stats.wasserstein_distance(x @ u, y @ u) for u in unit]
    second = [((np.sort(x @ u) - np.sort(y @ u)) ** 2).mean() for u in unit] if len(x) == len(y) else None
    return {"case": name, "real": x.tolist(), "generated": y.tolist(), "directions": directions.tolist(),
            "order1": float(np.mean(first)), "order2": None if second is None else float(np.sqrt(np.mean(second)))}


sliced = [
    sliced_case("random", rounded(rng.normal(size=(30, 4))), rounded(rng.normal(size=(30, 4)) + 0.5), rounded(rng.normal(size=(6, 4)))),
    sliced_case("unequal numbers of rows", rounded(rng.normal(size=(21, 3))), rounded(rng.normal(size=(14, 3)) * 2), rounded(rng.normal(size=(5, 3)))),
    sliced_case("ties and duplicates", rng.integers(0, 3, size=(12, 2)).astype(float), rng.integers(0, 3, size=(18, 2)).astype(float), np.array([[1.0, 0], [0, 1], [3, 4]])),
]

# Tests and intervals ------------------------------------------------------------------------------------------------

def paired_case(name, a, b):
    result = scipy.stats.permutation_test((a, b), lambda p, q: np.mean(p - q), permutation_type="samples", n_resamples=np.inf)
    return {"case": name, "a": a.tolist(), "b": b.tolist(), "difference": float(result.statistic), "pValue": float(result.pvalue)}


def seed_case(values):
    interval = scipy.stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=scipy.stats.sem(values))
    return {"values": list(values), "low": float(interval[0]), "high": float(interval[1])}


def copying_case(name, train, held_out, generated):
    nearest = lambda rows: np.sqrt(((rows[:, None] - train[None]) ** 2).sum(2)).min(1)
    result = scipy.stats.mannwhitneyu(nearest(generated), nearest(held_out), alternative="less", method="asymptotic", use_continuity=False)
    return {"case": name, "train": train.tolist(), "heldOut": held_out.tolist(), "generated": generated.tolist(), "pValue": float(result.pvalue)}


lattice = lambda size: rng.integers(0, 6, size=(size, 2)).astype(float)
tests = {
    "paired": [
        paired_case("eight seeds", rounded(rng.normal(size=8) + 0.6), rounded(rng.normal(size=8))),
        paired_case("hits, many ties", drawn(12, 0.8).astype(float), drawn(12, 0.5).astype(float)),
        paired_case("no difference", np.array([1.0, 2, 3, 4]), np.array([2.0, 1, 4, 3])),
    ],
    "seeds": [seed_case([1.0, 2.0, 3.0]), seed_case([0.5, 0.75]), seed_case(rounded(rng.normal(size=11)).tolist())],
    "copying": [
        copying_case("new rows", (train := rounded(rng.normal(size=(30, 3)))), rounded(rng.normal(size=(20, 3))), rounded(rng.normal(size=(25, 3)))),
        copying_case("near copies", train, rounded(rng.normal(size=(20, 3))), rounded(train[:15] + rng.normal(size=(15, 3)) * 0.1)),
        copying_case("ties", lattice(10), lattice(15), lattice(12)),
    ],
    "normalTail": [{"z": z, "value": float(scipy.stats.norm.sf(z))} for z in (-2.0, 0.0, 0.3, 1.96, 2.999, 3.0, 6.0, 12.0)],
}

packages = ["numpy", "scipy", "scikit-learn", "scikit-image", "torch", "torch-fidelity", "prdc", "clean-fid"]
record = {
    "origin": "scripts/golden/metrics.py",
    "versions": {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in packages}},
    "frechet": frechet, "kernel": kernel, "prdc": prdc_cases, "inception": inception, "ranking": ranking, "clustering": clustering,
    "retrieval": retrieval, "classifiers": classifiers, "pictures": pictures, "sliced": sliced, **tests,
}
target = pathlib.Path(__file__).resolve().parents[2] / "test" / "golden" / "metrics.json"
target.write_text(json.dumps(record, ensure_ascii=False).replace('{"case"', '\n{"case"') + "\n")
print(f"{target}: {target.stat().st_size} bytes")
for case in frechet:
    print(case["case"], case["exact"], case["torchFidelity"], case["cleanFid"])
for case in ranking:
    print(case["case"], case["auroc"], case["auroc"] - case["mannWhitney"])
