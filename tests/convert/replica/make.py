"""Writes a replica: `python make.py FOLDER '{"tied": true}'`; needs TensorFlow."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[3]))

import jax.numpy as jnp
import numpy as np
import tensorflow as tf
import tensorflow_text as tft
from flax import traverse_util
from jax.experimental import jax2tf

from tests.convert.replica.layout import canonical, stored
from tests.convert.replica.network import Network
from tests.convert.replica.parameters import parameters
from tests.convert.replica.search import predict
from tests.convert.replica.tokenizer import train_tokenizer
from tests.convert.replica.variant import SMALL_P, Variant


class Exported(tf.Module):
    """The module that T5X saves: a flat list of variables, three functions in a row."""

    def __init__(self, v, before, network, after, tree):
        super().__init__()
        flat = {
            path: tf.Variable(value, trainable=False, name="__".join(path))
            for path, value in traverse_util.flatten_dict(tree).items()
        }
        nest = traverse_util.unflatten_dict(flat)
        self._variables = nest if v.nested else list(flat.values())
        self.before, self.after = before, after
        self.network = tf.function(lambda x: network(nest, x), autograph=False, jit_compile=True)

    @tf.function(autograph=False, jit_compile=False)
    def __call__(self, *inputs):
        return self.after(self.network(self.before(*inputs)))

    @tf.function(autograph=False, jit_compile=False)
    def preproc_func(self, *inputs):
        return self.before(*inputs)


def bf16(tree):
    return {k: bf16(x) if isinstance(x, dict) else x.astype(jnp.bfloat16) for k, x in tree.items()}


def write_replica(v: Variant, folder: str) -> None:
    model = train_tokenizer(v.pieces, v.inks)
    make_tokenizer = lambda: tft.SentencepieceTokenizer(model=model)  # noqa: E731
    rows = max(v.vocabulary, int(make_tokenizer().vocab_size()))
    tree = bf16(stored(parameters(v, rows), v, np))
    network = Network(v)

    def run(tree, batch):
        tree = canonical(tree, v, jnp)
        return predict(network, tree, batch["encoder_input_tokens"], batch["image"])

    def ids(text):
        row = tf.concat([make_tokenizer().tokenize(text)[: v.prompt_length - 1], [1]], 0)
        if v.padding:
            row = tf.pad(row, [[0, v.prompt_length - tf.shape(row)[0]]])
            row.set_shape([v.prompt_length])
        return row

    def image(data):
        pixels = tf.io.decode_jpeg(data[0], channels=3)
        pixels = tf.image.resize(pixels, (v.canvas, v.canvas))
        return tf.cast(pixels, tf.float32) / 127.5 - 1.0

    def before(text, data):
        batch = {
            "encoder_input_tokens": tf.map_fn(ids, text, fn_output_signature=tf.int32),
            "image": tf.map_fn(image, data, fn_output_signature=tf.float32),
        }
        if v.targets:
            batch["decoder_input_tokens"] = tf.zeros([tf.shape(text)[0], v.length], tf.int32)
        return batch

    def after(outputs):
        return make_tokenizer().detokenize(outputs[0][:, 0])[:, None]

    shapes = [None, {"encoder_input_tokens": "b, n", "image": "b, ..."}]
    if v.targets:
        shapes[1]["decoder_input_tokens"] = "b, ..."
    if v.padding:
        shapes[1]["encoder_input_tokens"] = "b, ..."
    converted = jax2tf.convert(
        run, polymorphic_shapes=shapes, native_serialization_platforms=["cpu", "tpu"]
    )
    module = Exported(v, before, lambda w, x: tuple(converted(w, x)), after, tree)
    signature = (
        tf.TensorSpec([None], tf.string, name="input_text"),
        tf.TensorSpec([None, 1], tf.string, name="image/encoded"),
    )
    module.preproc_func.get_concrete_function(*signature)
    tf.saved_model.save(
        module, folder,
        signatures={"serving_default": module.__call__.get_concrete_function(*signature)},
        options=tf.saved_model.SaveOptions(
            experimental_custom_gradients=False, function_aliases={"tpu_func": module.network}
        ),
    )  # fmt: skip


if __name__ == "__main__":
    wanted = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    base = SMALL_P if wanted.pop("full_size", False) else Variant()
    write_replica(Variant(**{**vars(base), **wanted}), sys.argv[1])
