"""PyTorch's side of the benchmark.

Called as:  python torch_worker.py eager|channels-last|compile THREADS
Adam is the fused one. `eager` keeps tensors contiguous, `channels-last` keeps pictures as [N, H, W, C] in memory,
`compile` is channels-last with torch.compile around each loss.
"""

import sys

import torch
from common import ADAM, Batches, read_batches, read_tensors, serve
from torch_layouts import layouts_of
from torch_nets import GAMES

VARIANT, THREADS = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(THREADS)
torch.set_num_interop_threads(THREADS)
# As TensorFlow does.
torch.set_flush_denormal(True)


class Subject:
    def __init__(self, net, folder):
        game = GAMES[net]
        channels_last = VARIANT != "eager"
        self.layouts, pictures = layouts_of(net, channels_last)
        weights = read_tensors(f"{folder}/weights.safetensors")
        self.weights = {}
        for path, values in weights.items():
            for name, tensor in self.layouts[path].to_torch(path, values).items():
                moves = not name.endswith("/fixed")
                self.weights[name] = tensor.requires_grad_(moves)
        self.batches = Batches([{k: pictures(v) for k, v in batch.items()} for batch in read_batches(folder)])
        losses = game(channels_last)
        self.moves = [(player, torch.compile(loss) if VARIANT == "compile" else loss) for player, loss in losses]
        self.optimizers = {}
        for player in {player for player, _ in losses}:
            betas = (ADAM["beta1"], ADAM["beta2"])
            self.optimizers[player] = torch.optim.Adam(
                self.moving(player).values(), lr=ADAM["learning_rate"], betas=betas, eps=ADAM["epsilon"], fused=True
            )

    def moving(self, player):
        return {k: w for k, w in self.weights.items() if k.startswith(player) and w.requires_grad}

    def seen_by(self, player):
        """The other player's weights are constants: nothing is differentiated for them."""
        return {k: w if k.startswith(player) else w.detach() for k, w in self.weights.items()}

    def step(self):
        batch = self.batches.take()
        values = []
        for player, loss in self.moves:
            optimizer = self.optimizers[player]
            optimizer.zero_grad(set_to_none=True)
            value = loss(self.seen_by(player), batch)
            value.backward()
            optimizer.step()
            values.append(value.detach())
        return [value.item() for value in values]

    def slopes(self):
        losses, gradients = [], {}
        for number, batch in enumerate(self.batches.batches):
            losses.append([])
            for player, loss in self.moves:
                value = loss(self.seen_by(player), batch)
                value.backward()
                losses[-1].append(value.item())
                grads = {k: w.grad for k, w in self.moving(player).items()}
                for path, layout in self.layouts.items():
                    if path.startswith(player):
                        gradients[f"{number}/{path}"] = layout.from_torch(path, grads).copy()
                for weight in self.weights.values():
                    weight.grad = None
        return losses, gradients


serve(f"PyTorch {torch.__version__}", Subject)
