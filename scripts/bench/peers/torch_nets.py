"""The benchmark's games in PyTorch: each makes a list of (player, loss), a loss being a function of weights and batch."""

import torch
import torch.nn.functional as F
from common import SLOPE


def leaky(x):
    return F.leaky_relu(x, SLOPE)


def dense(w, path, x):
    return F.linear(x, w[f"{path}/kernel"], w[f"{path}/bias"])


def halving(w, path, x):
    kernel = w[f"{path}/kernel"]
    return F.conv2d(x, kernel, w[f"{path}/bias"], stride=2, padding=(kernel.shape[-1] - 1) // 2)


def doubling(w, path, x):
    return F.conv_transpose2d(x, w[f"{path}/kernel"], w[f"{path}/bias"], stride=2, padding=1)


def adversarial(generate, judge):
    def discriminator_loss(w, batch):
        with torch.no_grad():
            fake = generate(w, batch["z1"])
        return F.softplus(-judge(w, batch["x"])).mean() + F.softplus(judge(w, fake)).mean()

    def generator_loss(w, batch):
        return F.softplus(-judge(w, generate(w, batch["z2"]))).mean()

    return [("D", discriminator_loss), ("G", generator_loss)]


def perceptron(_channels_last):
    def generate(w, z):
        return torch.tanh(dense(w, "G/2", leaky(dense(w, "G/1", leaky(dense(w, "G/0", z))))))

    def judge(w, x):
        return dense(w, "D/2", leaky(dense(w, "D/1", leaky(dense(w, "D/0", x)))))

    return adversarial(generate, judge)


def to_map(flat, shape, channels_last):
    height, width, channels = shape
    if channels_last:
        return flat.view(-1, height, width, channels).permute(0, 3, 1, 2)
    return flat.view(-1, channels, height, width)


def flatten(x, channels_last):
    return (x.permute(0, 2, 3, 1) if channels_last else x).reshape(x.shape[0], -1)


def pictures28(channels_last):
    def generate(w, z):
        x = to_map(leaky(dense(w, "G/start", z)), (7, 7, 128), channels_last)
        return torch.tanh(doubling(w, "G/end", leaky(doubling(w, "G/middle", x))))

    def judge(w, x):
        x = leaky(halving(w, "D/second", leaky(halving(w, "D/first", x))))
        return dense(w, "D/score", flatten(x, channels_last))

    return generate, judge


def dcgan28(channels_last):
    return adversarial(*pictures28(channels_last))


def dcgan32(channels_last):
    def generate(w, z):
        x = to_map(leaky(dense(w, "G/start", z)), (4, 4, 128), channels_last)
        for layer in ("G/first", "G/second"):
            x = leaky(doubling(w, layer, x))
        return torch.tanh(doubling(w, "G/end", x))

    def judge(w, x):
        for layer in ("D/first", "D/second", "D/third"):
            x = leaky(halving(w, layer, x))
        return dense(w, "D/score", flatten(x, channels_last))

    return adversarial(generate, judge)


def critic(channels_last):
    generate, judge = pictures28(channels_last)

    def loss(w, batch):
        x = batch["x"]
        with torch.no_grad():
            fake = generate(w, batch["z1"])
            share = batch["amounts"].view(-1, 1, 1, 1)
            between = fake + (x - fake) * share
        between.requires_grad_(True)
        (slope,) = torch.autograd.grad(judge(w, between).sum(), between, create_graph=True)
        length = torch.sqrt(slope.square().sum((1, 2, 3)) + 1e-12)
        return judge(w, fake).mean() - judge(w, x).mean() + 10 * (length - 1).square().mean()

    return [("D", loss)]


def text(_channels_last):
    def memory(w, path, x):
        units = w[f"{path}/kernel/memory"].shape[1]
        start = x.new_zeros(1, x.shape[0], units)
        names = ("kernel/input", "kernel/memory", "bias", "bias/fixed")
        weights = [w[f"{path}/{name}"] for name in names]
        output, _, _ = torch.lstm(x, (start, start), weights, True, 1, 0.0, True, False, True)
        return output

    def generate(w, z):
        return torch.softmax(dense(w, "G/word", memory(w, "G/lstm/gates", z)), -1)

    def judge(w, x):
        return dense(w, "D/score", memory(w, "D/lstm/gates", x)[:, -1])

    return adversarial(generate, judge)


GAMES = {
    "perceptron": perceptron, "dcgan-28": dcgan28, "dcgan-32": dcgan32, "lstm-text": text, "wgan-gp-critic": critic
}  # fmt: skip
