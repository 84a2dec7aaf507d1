"""Makes test/golden/optimizers-torch.json: 30 steps of PyTorch's optimizers in float64, for test/training/optimizers/torch.test.ts.

python scripts/golden/optimizers.py     (needs torch; the numbers kept were made with 2.15.0; the tests need no Python)
"""
import json
import pathlib
import re

import torch

STEPS = 30
RATE = 0.01
START = [1.25, -2.5, 0.75, 3.0, -1.0]


def gradients() -> list[list[float]]:
    generator = torch.Generator().manual_seed(5)
    noise = torch.randn(STEPS, len(START), generator=generator)
    # Sizes from 3 to 0.003, each weight with a drift of its own; float32, so that both sides read the same numbers.
    values = (noise + torch.tensor([0.5, -0.2, 0.0, 1.0, -0.7])) * torch.tensor([3.0, 1.0, 0.2, 0.03, 0.003])
    return values.float().tolist()


def run(make, steps: list[list[float]]) -> list[float]:
    weights = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = make([weights])
    for step in steps:
        weights.grad = torch.tensor(step, dtype=torch.float64)
        optimizer.step()
    return weights.detach().tolist()


optim = torch.optim
CASES = {
    "adam": lambda p: optim.Adam(p, lr=RATE, betas=(0.9, 0.999), eps=1e-8),
    "adamLargeEpsilon": lambda p: optim.Adam(p, lr=RATE, betas=(0.5, 0.99), eps=0.1),
    "adamW": lambda p: optim.AdamW(p, lr=RATE, betas=(0.9, 0.99), weight_decay=0.3),
    # PyTorch's epsilon stands outside the root, ours inside: 0 is the same in both.
    "rmsProp": lambda p: optim.RMSprop(p, lr=RATE, alpha=0.95, eps=0.0),
    "rmsPropCentered": lambda p: optim.RMSprop(p, lr=RATE, alpha=0.9, eps=0.0, centered=True),
    "sgd": lambda p: optim.SGD(p, lr=RATE),
    "sgdMomentum": lambda p: optim.SGD(p, lr=RATE, momentum=0.9),
    "sgdNesterov": lambda p: optim.SGD(p, lr=RATE, momentum=0.9, nesterov=True),
}

steps = gradients()
golden = {
    "origin": f"PyTorch {torch.__version__.split('+')[0]}, float64; made by scripts/golden/optimizers.py",
    "rate": RATE,
    "start": START,
    "gradients": steps,
    "weights": {name: run(make, steps) for name, make in CASES.items()},
}


def to_text(record: dict) -> str:
    """JSON with each innermost list on a line of its own."""
    text = json.dumps(record, indent=1)
    return re.sub(r"\[[^\[\]{}]*\]", lambda match: " ".join(match.group().split()), text) + "\n"


path = pathlib.Path(__file__).parents[2] / "test" / "golden" / "optimizers-torch.json"
path.write_text(to_text(golden))
