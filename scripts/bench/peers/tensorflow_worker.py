"""TensorFlow's side of the benchmark: plain ops and its fused Adam op, no Keras.

Called as:  python tensorflow_worker.py eager|graph|graph-one-thread-an-op THREADS
`graph` is the whole step, both players and both updates, in one tf.function.
"""

import os
import sys

VARIANT, THREADS = sys.argv[1], int(sys.argv[2])
THREADS_IN_OP = 1 if VARIANT == "graph-one-thread-an-op" else THREADS
os.environ["TF_NUM_INTRAOP_THREADS"] = str(THREADS_IN_OP)
os.environ["TF_NUM_INTEROP_THREADS"] = str(THREADS)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf  # noqa: E402
from common import ADAM, Batches, read_batches, read_tensors, serve  # noqa: E402
from tensorflow_nets import GAMES  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(THREADS_IN_OP)
tf.config.threading.set_inter_op_parallelism_threads(THREADS)


class Adam:
    """The textbook's: ε stands beside the corrected root, so the op is given ε·√(1-β₂ᵗ)."""

    def __init__(self, weights):
        self.weights = weights
        self.moments = {k: [tf.Variable(tf.zeros_like(w)) for _ in range(2)] for k, w in weights.items()}
        self.powers = [tf.Variable(1.0) for _ in range(2)]

    def apply(self, gradients):
        power1 = self.powers[0].assign(self.powers[0] * ADAM["beta1"])
        power2 = self.powers[1].assign(self.powers[1] * ADAM["beta2"])
        power1, power2 = tf.convert_to_tensor(power1), tf.convert_to_tensor(power2)
        epsilon = ADAM["epsilon"] * tf.sqrt(1 - power2)
        for path, weight in self.weights.items():
            m, v = self.moments[path]
            tf.raw_ops.ResourceApplyAdam(
                var=weight.handle, m=m.handle, v=v.handle, beta1_power=power1, beta2_power=power2,
                lr=ADAM["learning_rate"], beta1=ADAM["beta1"], beta2=ADAM["beta2"], epsilon=epsilon,
                grad=gradients[path],
            )  # fmt: skip


class Subject:
    def __init__(self, net, folder):
        weights = read_tensors(f"{folder}/weights.safetensors")
        self.weights = {path: tf.Variable(values) for path, values in weights.items()}
        self.moves = GAMES[net]()
        self.players = {
            player: {k: w for k, w in self.weights.items() if k.startswith(player)} for player, _ in self.moves
        }
        self.optimizers = {player: Adam(weights) for player, weights in self.players.items()}
        self.batches = Batches([{k: tf.constant(v) for k, v in batch.items()} for batch in read_batches(folder)])
        self.run = tf.function(self.all_moves) if VARIANT != "eager" else self.all_moves

    def slopes_of(self, player, loss, batch):
        own = self.players[player]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(list(own.values()))
            value = loss(self.weights, batch)
        return value, dict(zip(own, tape.gradient(value, list(own.values()))))

    def all_moves(self, batch):
        values = []
        for player, loss in self.moves:
            value, gradients = self.slopes_of(player, loss, batch)
            self.optimizers[player].apply(gradients)
            values.append(value)
        return values

    def step(self):
        return [float(value.numpy()) for value in self.run(self.batches.take())]

    def slopes(self):
        losses, gradients = [[] for _ in self.batches.batches], {}
        for player, loss in self.moves:
            def slopes_of(batch, player=player, loss=loss):
                return self.slopes_of(player, loss, batch)

            run = tf.function(slopes_of) if VARIANT != "eager" else slopes_of
            for number, batch in enumerate(self.batches.batches):
                value, found = run(batch)
                losses[number].append(float(value.numpy()))
                gradients |= {f"{number}/{k}": g.numpy() for k, g in found.items()}
        return losses, gradients


serve(f"TensorFlow {tf.__version__}", Subject)
