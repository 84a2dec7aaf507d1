"""A peer program: the networks of the preset `dcgan` in PyTorch, with the same start, optimizer, batches and number of steps. Its
samples are files that `multimodal-gan evaluate --samples` scores; scripts/bench-dcgan.ts calls it and compares.

Needs torch and numpy (`npm run bench -- --peers` puts them into .venv-bench).

    python scripts/peers/dcgan.py train.npy OUT --steps 300 --seed 1

train.npy: pictures [N, H, W, C] from -1 to 1. OUT/image.npy: 2,000 generated ones, in the same form.
"""

import argparse
import pathlib
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

STD = 0.02


class Same(nn.Module):
    """A convolution of stride 2 with as much padding as makes H/2 of H, rounded up; more of it below and to the right."""

    def __init__(self, inputs, outputs, bias):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 4, 2, bias=bias)

    def forward(self, x):
        sides = []
        for side in (x.shape[3], x.shape[2]):
            total = max(0, (-(-side // 2) - 1) * 2 + 4 - side)
            sides += [total // 2, total - total // 2]
        return self.conv(F.pad(x, sides))


class Generator(nn.Module):
    def __init__(self, height, channels, latent=100, widest=256):
        super().__init__()
        doublings = 0
        while height / 2 ** (doublings + 1) >= 4:
            doublings += 1
        self.base, self.widest = -(-height // 2**doublings), widest
        self.start = nn.Linear(latent, self.base**2 * widest, bias=False)
        widths = [max(8, widest >> i) for i in range(doublings)]
        layers = [nn.BatchNorm2d(widths[0]), nn.LeakyReLU(0.2)]
        for a, b in zip(widths, widths[1:]):
            layers += [nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False), nn.BatchNorm2d(b), nn.LeakyReLU(0.2)]
        layers += [nn.ConvTranspose2d(widths[-1], channels, 4, 2, 1), nn.Tanh()]
        self.rest = nn.Sequential(*layers)

    def forward(self, z):
        return self.rest(self.start(z).reshape(len(z), self.widest, self.base, self.base))


class Discriminator(nn.Module):
    def __init__(self, height, channels, narrowest=64):
        super().__init__()
        layers, side, inputs, outputs = [], height, channels, narrowest
        while True:
            side = -(-side // 2)
            first = inputs == channels
            layers += [Same(inputs, outputs, bias=first)]
            if not first:
                layers += [nn.BatchNorm2d(outputs)]
            layers += [nn.LeakyReLU(0.2)]
            inputs = outputs
            if -(-side // 2) < 4:
                break
            outputs *= 2
        self.trunk = nn.Sequential(*layers)
        self.score = nn.Linear(side * side * inputs, 1)

    def forward(self, x):
        return self.score(self.trunk(x).flatten(1))


def start(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.normal_(module.weight, 0, STD)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=int, default=2000)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    data = torch.from_numpy(np.load(args.train)).permute(0, 3, 1, 2).contiguous()
    height, channels = data.shape[2], data.shape[1]
    g, d = Generator(height, channels).apply(start), Discriminator(height, channels).apply(start)
    parameters = [sum(p.numel() for p in player.parameters()) for player in (g, d)]
    optimizers = [torch.optim.Adam(player.parameters(), lr=2e-4, betas=(0.5, 0.999)) for player in (d, g)]
    order = torch.empty(0, dtype=torch.long)
    began = time.process_time()
    for step in range(args.steps):
        if len(order) < args.batch:
            order = torch.cat([order, torch.randperm(len(data))])
        real, order = data[order[: args.batch]], order[args.batch :]
        with torch.no_grad():
            fake = g(torch.randn(args.batch, 100))
        loss_d = F.softplus(-d(real)).mean() + F.softplus(d(fake)).mean()
        optimizers[0].zero_grad()
        loss_d.backward()
        optimizers[0].step()
        loss_g = F.softplus(-d(g(torch.randn(args.batch, 100)))).mean()
        optimizers[1].zero_grad()
        loss_g.backward()
        optimizers[1].step()
    seconds = time.process_time() - began
    # Statistics of batch norm as ours takes them: over ten batches after training.
    with torch.no_grad():
        for module in g.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.reset_running_stats()
                module.momentum = None
        for _ in range(10):
            g(torch.randn(args.batch, 100))
        g.eval()
        drawn = torch.cat([g(torch.randn(100, 100)) for _ in range(args.samples // 100)])
    args.out.mkdir(parents=True, exist_ok=True)
    np.save(args.out / "image.npy", drawn.permute(0, 2, 3, 1).contiguous().numpy())
    print(
        f'{{"seconds": {seconds:.1f}, "parameters": {parameters}, "lossD": {loss_d.item():.4f}, '
        f'"lossG": {loss_g.item():.4f}, "torch": "{torch.__version__}"}}'
    )


main()
