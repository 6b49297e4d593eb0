"""A reader whose answer follows from the drawing: bright columns are read, dark ones are blank."""

import json

import numpy as np
import pytest

from inksight_cli.convert.graph.writer import Graph
from inksight_cli.reading.drawing import HEIGHT
from inksight_cli.reading.network import read_model

SYMBOLS = "ab\u0301 "


def tiny(path):
    """Write a reader: the mean of four columns of pixels is the score of its first symbol."""
    graph = Graph(path.with_suffix(".onnx"))
    pictures = graph.input("pictures", np.float32, ["words", 1, HEIGHT, "width"])
    own = graph.input("own", np.float32, ["words", "columns"])
    finer = graph.input("finer", np.float32, ["words", "twice"])
    lengths = graph.input("lengths", np.int32, ["words"])
    ink = graph.op("AveragePool", [pictures], kernel_shape=[HEIGHT, 4], strides=[HEIGHT, 4])
    ink = graph.op("Reshape", [ink, graph.integers(0, -1, 1)])
    ink = graph.op("Mul", [ink, graph.op("Unsqueeze", [own, graph.integers(2)])])
    # What a reader is told and this one does not use must be used all the same to be an input.
    idle = graph.op("Mul", [graph.op("ReduceSum", [finer], keepdims=0), graph.constant(0.0)])
    count = graph.op("Cast", [graph.op("ReduceSum", [lengths], keepdims=0)], to=1)
    idle = graph.op("Add", [idle, graph.op("Mul", [count, graph.constant(0.0)])])
    weight = np.array([[0, 400, 0, 0, 0]], np.float32)
    bias = np.array([4, 0, -2, -3, -4], np.float32)
    scores = graph.op("Add", [graph.op("MatMul", [ink, graph.constant(weight)]), idle])
    scores = graph.op("Add", [scores, graph.constant(bias)])
    graph.op("LogSoftmax", [scores], name="scores", axis=-1)
    graph.output("scores", np.float32, ["words", "columns", len(SYMBOLS) + 1])
    graph.save("tiny")
    content = np.frombuffer(path.with_suffix(".onnx").read_bytes(), np.uint8)
    np.savez(path, graph=content, symbols=np.array(SYMBOLS), about=json.dumps({"name": "tiny"}))
    return path


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("reader") / "reader.npz")


@pytest.fixture(scope="session")
def model(weights):
    return read_model(weights)
