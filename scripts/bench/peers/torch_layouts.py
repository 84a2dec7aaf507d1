"""Our weights in PyTorch's order and back.

PyTorch pads a convolution evenly; 'same' in TensorFlow pads one more behind where a kernel of 5 meets a stride of 2. The
mirror image of such a network, kernels, pictures and all, is one that PyTorch computes without a separate padding. So it is
given mirrored weights and pictures there: the same numbers, and no work that only one of the two would do.
"""

import numpy as np
import torch


def tensor(values, channels_last=False):
    made = torch.from_numpy(np.ascontiguousarray(values))
    return made.contiguous(memory_format=torch.channels_last) if channels_last and made.dim() == 4 else made


class Plain:
    """As it is: biases."""

    def to_torch(self, path, values):
        return {path: tensor(values)}

    def from_torch(self, path, tensors):
        return tensors[path].numpy()


class Dense:
    """[in, out] ↔ [out, in]."""

    def to_torch(self, path, values):
        return {path: tensor(values.T)}

    def from_torch(self, path, tensors):
        return tensors[path].numpy().T


class Map:
    """A dense layer's weights or bias where one side is a picture [H, W, C], flattened in the order of PyTorch's memory."""

    def __init__(self, shape, axis, channels_last, mirror):
        self.shape, self.axis, self.channels_last, self.mirror = shape, axis, channels_last, mirror

    def to_torch(self, path, values):
        moved = np.moveaxis(values, self.axis, -1)
        picture = moved.reshape(*moved.shape[:-1], *self.shape)
        if self.mirror:
            picture = np.flip(picture, (-3, -2))
        if not self.channels_last:
            picture = np.moveaxis(picture, -1, -3)
        flat = picture.reshape(*moved.shape)
        # The picture is the last axis now: of [out, in] it is `in`.
        return {path: tensor(flat if self.axis == 0 else flat.T)}

    def from_torch(self, path, tensors):
        values = tensors[path].numpy()
        flat = values if self.axis == 0 else values.T
        height, width, channels = self.shape
        order = self.shape if self.channels_last else (channels, height, width)
        picture = flat.reshape(*flat.shape[:-1], *order)
        if not self.channels_last:
            picture = np.moveaxis(picture, -3, -1)
        if self.mirror:
            picture = np.flip(picture, (-3, -2))
        return np.moveaxis(picture.reshape(*flat.shape), -1, self.axis)


class Kernel:
    """[h, w, a, b] ↔ [b, a, h, w], of a convolution and of a transposed one alike."""

    def __init__(self, channels_last, mirror):
        self.channels_last, self.mirror = channels_last, mirror

    def to_torch(self, path, values):
        kernel = np.flip(values, (0, 1)) if self.mirror else values
        return {path: tensor(kernel.transpose(3, 2, 0, 1), self.channels_last)}

    def from_torch(self, path, tensors):
        kernel = tensors[path].numpy().transpose(2, 3, 1, 0)
        return np.flip(kernel, (0, 1)) if self.mirror else kernel


class Gates:
    """Kernel [in + units, 4·units] of an LSTM with gates i, f, o, g ↔ two kernels [4·units, …] with i, f, g, o."""

    def __init__(self, inputs):
        self.inputs = inputs

    def to_torch(self, path, values):
        rows = swapped(values.T)
        return {f"{path}/input": tensor(rows[:, : self.inputs]), f"{path}/memory": tensor(rows[:, self.inputs :])}

    def from_torch(self, path, tensors):
        rows = np.concatenate([tensors[f"{path}/input"].numpy(), tensors[f"{path}/memory"].numpy()], 1)
        return swapped(rows).T


class GateBias:
    """Ours adds 1 to the forget gate, PyTorch has a second bias; the one takes the 1 and moves, the other is 0 and fixed."""

    def to_torch(self, path, values):
        rows = swapped(values).copy()
        units = len(rows) // 4
        rows[units : 2 * units] += 1
        return {path: tensor(rows), f"{path}/fixed": tensor(np.zeros_like(rows))}

    def from_torch(self, path, tensors):
        return swapped(tensors[path].numpy())


def swapped(rows):
    """Swaps the last two of four blocks of rows."""
    i, f, a, b = np.split(rows, 4, 0)
    return np.concatenate([i, f, b, a], 0)


def layouts_of(net, channels_last):
    """The layout of each weight, and a function that brings a tensor of the batch into PyTorch's order."""
    mirror = net in ("dcgan-28", "wgan-gp-critic")
    kernel = Kernel(channels_last, mirror)

    def to_map(*shape):
        return {"kernel": Map(shape, 1, channels_last, mirror), "bias": Map(shape, 0, channels_last, mirror)}

    def from_map(*shape):
        return {"kernel": Map(shape, 0, channels_last, mirror), "bias": Plain()}

    convolution, dense = {"kernel": kernel, "bias": Plain()}, {"kernel": Dense(), "bias": Plain()}
    layers = {
        "dcgan-28": {
            "G/start": to_map(7, 7, 128), "G/middle": convolution, "G/end": convolution,
            "D/first": convolution, "D/second": convolution, "D/score": from_map(7, 7, 64),
        },
        "dcgan-32": {
            "G/start": to_map(4, 4, 128), "G/first": convolution, "G/second": convolution, "G/end": convolution,
            "D/first": convolution, "D/second": convolution, "D/third": convolution, "D/score": from_map(4, 4, 128),
        },
        "perceptron": {f"{player}/{i}": dense for player in "GD" for i in range(3)},
        "lstm-text": {
            "G/lstm/gates": {"kernel": Gates(32), "bias": GateBias()}, "G/word": dense,
            "D/lstm/gates": {"kernel": Gates(64), "bias": GateBias()}, "D/score": dense,
        },
    }  # fmt: skip
    layers["wgan-gp-critic"] = layers["dcgan-28"]
    layouts = {f"{layer}/{name}": layout for layer, parts in layers[net].items() for name, layout in parts.items()}

    def pictures(values):
        if values.ndim != 4:
            return tensor(values)
        return tensor((np.flip(values, (1, 2)) if mirror else values).transpose(0, 3, 1, 2), channels_last)

    return layouts, pictures
