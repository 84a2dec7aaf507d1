"""A peer program: one Gaussian a class, fitted to pictures and spectrograms, and sampled. It shows the files that
`multimodal-gan evaluate --samples` scores, and is a baseline that any GAN should beat.

Needs numpy alone. Real rows come as the files of
    npx multimodal-gan generate --given image,caption,speech --split train --format npy --out out/train-rows
and the rows to complete as those of the same command with --split test. Then

    python scripts/peers/gaussian-per-class.py out/train-rows out/gaussian --test out/test-rows
    npx multimodal-gan evaluate --samples out/gaussian --report out/gaussian-report
"""

import argparse
import pathlib

import numpy as np


def fit(rows, labels, classes, components=40):
    """Mean and the largest principal directions of each class: a full covariance of 784 pixels has too few rows."""
    fitted = {}
    for label in classes:
        own = rows[labels == label].reshape((labels == label).sum(), -1).astype(np.float64)
        mean = own.mean(0)
        _, scale, directions = np.linalg.svd(own - mean, full_matrices=False)
        kept = min(components, len(own) - 1)
        fitted[label] = (mean, scale[:kept] / np.sqrt(len(own) - 1), directions[:kept])
    return fitted


def draw(fitted, labels, shape, rng):
    out = np.empty((len(labels), *shape), np.float32)
    for i, label in enumerate(labels):
        mean, scale, directions = fitted[label]
        sample = mean + (rng.standard_normal(len(scale)) * scale) @ directions
        out[i] = np.clip(sample, -1, 1).reshape(shape)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--test", type=pathlib.Path, help="rows to complete from their captions")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)

    labels = np.load(args.train / "labels.npy")
    classes = np.unique(labels)
    pictures, sounds = (np.load(args.train / f"{name}.npy") for name in ("image", "speech"))
    words = np.load(args.train / "caption.tokens.npy")
    models = {"image": fit(pictures, labels, classes), "speech": fit(sounds, labels, classes)}
    shapes = {"image": pictures.shape[1:], "speech": sounds.shape[1:]}

    def write(folder, asked, with_captions):
        folder.mkdir(parents=True, exist_ok=True)
        for name in models:
            np.save(folder / f"{name}.npy", draw(models[name], asked, shapes[name], rng))
        if with_captions:  # A caption of the class, copied from the training rows.
            rows = [rng.choice(np.flatnonzero(labels == label)) for label in asked]
            np.save(folder / "caption.tokens.npy", words[rows])
        np.save(folder / "labels.npy", asked.astype(np.int32))

    write(args.out, rng.choice(classes, args.count), with_captions=True)
    if args.test:
        # A caption names its class: pictures and sounds of that class complete it. Rows stay in the order of the split.
        write(args.out / "given-caption", np.load(args.test / "labels.npy"), with_captions=False)


if __name__ == "__main__":
    main()
