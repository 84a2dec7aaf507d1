"""The benchmark's games in TensorFlow: each makes a list of (player, loss), a loss being a function of weights and batch."""

import tensorflow as tf
from common import SLOPE


def leaky(x):
    return tf.nn.leaky_relu(x, SLOPE)


def dense(w, path, x):
    return tf.nn.bias_add(tf.matmul(x, w[f"{path}/kernel"]), w[f"{path}/bias"])


def halving(w, path, x):
    return tf.nn.bias_add(tf.nn.conv2d(x, w[f"{path}/kernel"], 2, "SAME"), w[f"{path}/bias"])


def doubling(w, path, x):
    kernel = w[f"{path}/kernel"]
    count, height, width, _ = x.shape
    shape = [count, 2 * height, 2 * width, kernel.shape[2]]
    return tf.nn.bias_add(tf.nn.conv2d_transpose(x, kernel, shape, 2, "SAME"), w[f"{path}/bias"])


def mean_softplus(x):
    return tf.reduce_mean(tf.nn.softplus(x))


def adversarial(generate, judge):
    def discriminator_loss(w, batch):
        # G's weights are not watched by the tape: nothing is differentiated for them.
        fake = generate(w, batch["z1"])
        return mean_softplus(-judge(w, batch["x"])) + mean_softplus(judge(w, fake))

    def generator_loss(w, batch):
        return mean_softplus(-judge(w, generate(w, batch["z2"])))

    return [("D", discriminator_loss), ("G", generator_loss)]


def perceptron():
    def generate(w, z):
        return tf.tanh(dense(w, "G/2", leaky(dense(w, "G/1", leaky(dense(w, "G/0", z))))))

    def judge(w, x):
        return dense(w, "D/2", leaky(dense(w, "D/1", leaky(dense(w, "D/0", x)))))

    return adversarial(generate, judge)


def generate28(w, z):
    x = tf.reshape(leaky(dense(w, "G/start", z)), [-1, 7, 7, 128])
    return tf.tanh(doubling(w, "G/end", leaky(doubling(w, "G/middle", x))))


def judge28(w, x):
    x = leaky(halving(w, "D/second", leaky(halving(w, "D/first", x))))
    return dense(w, "D/score", tf.reshape(x, [x.shape[0], -1]))


def dcgan28():
    return adversarial(generate28, judge28)


def dcgan32():
    def generate(w, z):
        x = tf.reshape(leaky(dense(w, "G/start", z)), [-1, 4, 4, 128])
        for layer in ("G/first", "G/second"):
            x = leaky(doubling(w, layer, x))
        return tf.tanh(doubling(w, "G/end", x))

    def judge(w, x):
        for layer in ("D/first", "D/second", "D/third"):
            x = leaky(halving(w, layer, x))
        return dense(w, "D/score", tf.reshape(x, [x.shape[0], -1]))

    return adversarial(generate, judge)


def critic():
    def loss(w, batch):
        x, fake = batch["x"], generate28(w, batch["z1"])
        between = fake + (x - fake) * tf.reshape(batch["amounts"], [-1, 1, 1, 1])
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(between)
            score = tf.reduce_sum(judge28(w, between))
        length = tf.sqrt(tf.reduce_sum(tf.square(tape.gradient(score, between)), [1, 2, 3]) + 1e-12)
        distance = tf.reduce_mean(judge28(w, fake)) - tf.reduce_mean(judge28(w, x))
        return distance + 10 * tf.reduce_mean(tf.square(length - 1))

    return [("D", loss)]


def text():
    def memory(w, path, x):
        """Outputs for each token; what the inputs add to the gates is computed for all tokens at once."""
        kernel, bias = w[f"{path}/kernel"], w[f"{path}/bias"]
        count, tokens, inputs = x.shape
        units = kernel.shape[1] // 4
        of_input, of_memory = tf.split(tf.convert_to_tensor(kernel), [inputs, units], 0)
        driven = tf.nn.bias_add(tf.matmul(tf.reshape(x, [count * tokens, inputs]), of_input), bias)
        h = c = tf.zeros([count, units])
        outputs = []
        for token in tf.unstack(tf.reshape(driven, [count, tokens, 4 * units]), axis=1):
            i, f, o, g = tf.split(token + tf.matmul(h, of_memory), 4, 1)
            c = tf.sigmoid(f + 1) * c + tf.sigmoid(i) * tf.tanh(g)
            h = tf.sigmoid(o) * tf.tanh(c)
            outputs.append(h)
        return outputs

    def generate(w, z):
        outputs = tf.stack(memory(w, "G/lstm/gates", z), 1)
        count, tokens, units = outputs.shape
        scores = dense(w, "G/word", tf.reshape(outputs, [count * tokens, units]))
        return tf.reshape(tf.nn.softmax(scores), [count, tokens, -1])

    def judge(w, x):
        return dense(w, "D/score", memory(w, "D/lstm/gates", x)[-1])

    return adversarial(generate, judge)


GAMES = {
    "perceptron": perceptron, "dcgan-28": dcgan28, "dcgan-32": dcgan32, "lstm-text": text, "wgan-gp-critic": critic
}  # fmt: skip
