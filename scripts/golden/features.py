"""Reference values for src/features, written to test/golden/features.json.

Called as:  python scripts/golden/features.py
It needs librosa 0.11, torch, scikit-learn and numpy; the tests need no Python. The sound is a formula, which the test computes too.
"""
import importlib.metadata
import json
import pathlib
import platform
import warnings

import librosa
import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer

warnings.filterwarnings("ignore")
rate, samples = 8000, 1500
n = np.arange(samples)
sound = (
    0.5 * np.sin(2 * np.pi * 440 * n / rate)
    + 0.3 * np.sin(2 * np.pi * (300 * n / rate + 900 * (n / rate) ** 2)) * (n / samples)
    + 0.02 * np.sin(n * n * 12.9898)
)


def rounded(values, digits=9):
    return [float(f"{v:.{digits}e}") for v in np.asarray(values, dtype=np.float64).ravel()]


def complex_frames(spectrum):
    """[bins, frames] → frame after frame."""
    return {"frames": spectrum.shape[1], "re": rounded(spectrum.T.real), "im": rounded(spectrum.T.imag)}


def torch_stft(length, hop, mode):
    x = torch.from_numpy(sound)
    window = torch.hann_window(length, periodic=True, dtype=torch.float64)
    return torch.stft(x, length, hop, window=window, center=True, pad_mode=mode, return_complex=True).numpy()


# STFT: the framing of librosa (centred, silence outside) and of torch (centred, mirrored outside), and frames without padding.
stft = [
    {"case": "librosa, default padding", "framing": "centre", "padding": "silence", "window": 256, "hop": 64,
     **complex_frames(librosa.stft(sound, n_fft=256, hop_length=64))},
    {"case": "librosa, reflect", "framing": "centre", "padding": "reflect", "window": 128, "hop": 50,
     **complex_frames(librosa.stft(sound, n_fft=128, hop_length=50, pad_mode="reflect"))},
    {"case": "torch, default padding", "framing": "centre", "padding": "reflect", "window": 256, "hop": 128,
     **complex_frames(torch_stft(256, 128, "reflect"))},
    {"case": "torch, constant", "framing": "centre", "padding": "silence", "window": 64, "hop": 32,
     **complex_frames(torch_stft(64, 32, "constant"))},
]

# Mel: scales, filters, spectrograms, decibels, cepstra.
hertz = [0.0, 60.0, 440.0, 999.0, 1000.0, 1234.5, 4000.0, 11025.0]
scales = {
    "hertz": hertz,
    "slaney": rounded(librosa.hz_to_mel(np.array(hertz))),
    "htk": rounded(librosa.hz_to_mel(np.array(hertz), htk=True)),
}
mel = []
for htk in (False, True):
    for norm in ("slaney", None):
        options = dict(sr=rate, n_fft=256, n_mels=20, fmin=40.0, fmax=4000.0, htk=htk, norm=norm)
        filters = librosa.filters.mel(**options, dtype=np.float64)
        power = librosa.feature.melspectrogram(y=sound, hop_length=64, **options)
        decibels = librosa.power_to_db(power, ref=1.0, amin=1e-10, top_db=80.0)
        to_loudest = librosa.power_to_db(power, ref=np.max, top_db=60.0)
        cepstra = librosa.feature.mfcc(S=decibels, n_mfcc=13)
        lifted = librosa.feature.mfcc(S=decibels, n_mfcc=13, lifter=22)
        back = librosa.feature.inverse.mfcc_to_mel(cepstra, n_mels=20, ref=1.0)
        mel.append({
            "case": f"{'HTK' if htk else 'Slaney'} scale, {'equal areas' if norm else 'equal heights'}",
            "scale": "htk" if htk else "slaney", "norm": "area" if norm else "peak",
            "filterSums": rounded(filters.sum(1)), "filterPeaks": rounded(filters.max(1)), "filter7": rounded(filters[7]),
            "power": rounded(power.T), "decibels": rounded(decibels.T), "toLoudest": rounded(to_loudest.T),
            "mfcc": rounded(cepstra.T), "lifted": rounded(lifted.T), "backFromMfcc": rounded(back.T),
        })

# TF-IDF with scikit-learn's smoothing; its pattern for words is widened to those of one letter, as ours are.
sentences = [
    "a red circle at the top", "a large red star", "the star is blue and the circle is not", "blue blue blue",
    "there is a small circle at the top left", "it's a star",
]
queries = ["the red star", "a a a circle", "nothing known here", "blue circle at the top left of the star"]
text = []
for sublinear in (False,):
    for smooth in (True, False):
        vectorizer = TfidfVectorizer(token_pattern=r"[\w']+", smooth_idf=smooth, sublinear_tf=sublinear)
        vectorizer.fit(sentences)
        text.append({
            "case": "smooth" if smooth else "not smooth", "smooth": smooth,
            "words": vectorizer.get_feature_names_out().tolist(), "idf": rounded(vectorizer.idf_),
            "vectors": [rounded(row) for row in vectorizer.transform(queries).toarray()],
        })

# Griffin-Lim: how far its sounds are from the magnitudes that they were to have.
magnitude = np.abs(librosa.stft(sound, n_fft=256, hop_length=64))
convergence = []
for iterations, momentum in ((32, 0.99), (32, 0.0), (100, 0.99)):
    errors = []
    for seed in range(5):
        y = librosa.griffinlim(magnitude, n_iter=iterations, hop_length=64, momentum=momentum, random_state=seed, length=samples)
        errors.append(np.linalg.norm(np.abs(librosa.stft(y, n_fft=256, hop_length=64)) - magnitude) / np.linalg.norm(magnitude))
    convergence.append({"iterations": iterations, "momentum": momentum, "mean": float(np.mean(errors)), "least": float(np.min(errors)), "most": float(np.max(errors))})

packages = ["numpy", "librosa", "torch", "scikit-learn"]
record = {
    "origin": "scripts/golden/features.py",
    "versions": {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in packages}},
    "sound": {"rate": rate, "samples": samples, "formula": "0.5 sin(2 pi 440 n / 8000) + 0.3 sin(2 pi (300 n / 8000 + 900 (n / 8000)^2)) n / 1500 + 0.02 sin(12.9898 n^2)"},
    "stft": stft, "scales": scales, "mel": mel, "sentences": sentences, "queries": queries, "tfidf": text, "griffinLim": convergence,
}
target = pathlib.Path(__file__).resolve().parents[2] / "test" / "golden" / "features.json"
target.write_text(json.dumps(record, ensure_ascii=False).replace('{"case"', '\n{"case"') + "\n")
print(f"{target}: {target.stat().st_size} bytes")
for case in convergence:
    print(case)
