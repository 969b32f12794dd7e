#!/usr/bin/env python3
"""Writes the trained student as ONNX, every value called as in Caffe's GoogLeNet.

    export.py TRAINED.pt MODEL.onnx

Prints parameters and multiply-adds.
"""
import argparse
import datetime

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from student import EMBEDDING, LEVELS, MEAN, POOLED_BEFORE, SIDE, STD, Student

PREPROCESSING = (f"RGB; EXIF upright; shorter side to {SIDE * 8 // 7}, antialiased bilinear; centre crop {SIDE}; x/255; "
                 f"minus {MEAN}; divided by {STD}; NCHW")


class Writer:
    """Collects nodes and weights; counts what they cost."""

    def __init__(self):
        self.nodes, self.weights, self.sides = [], [], {"image": SIDE}
        self.parameters = self.multiply_adds = 0

    def add(self, kind, inputs, output, side, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], output, **attributes))
        self.sides[output] = side
        return output

    def keep(self, name, tensor):
        array = numpy.ascontiguousarray(tensor.detach().numpy(), numpy.float32)
        self.weights.append(numpy_helper.from_array(array, name))
        self.parameters += array.size
        return name

    def conv(self, name, source, layer):
        kernel, stride = layer.kernel_size[0], layer.stride[0]
        side = (self.sides[source] + 2 * (kernel // 2) - kernel) // stride + 1
        inputs = [source, self.keep(name + "_w", layer.weight), self.keep(name + "_b", layer.bias)]
        self.add("Conv", inputs, name, side, kernel_shape=[kernel] * 2, pads=[kernel // 2] * 4, strides=[stride] * 2)
        self.multiply_adds += layer.weight.numel() * side * side
        return self.add("Relu", [name], name + "_relu", side)

    def halve(self, name, source):
        return self.add("MaxPool", [source], name, -(-(self.sides[source] - 3) // 2) + 1, kernel_shape=[3, 3],
                        strides=[2, 2], ceil_mode=1)

    def block(self, name, source, convs):
        prefix, side = f"inception_{name}/", self.sides[source]
        parts = [self.conv(prefix + "1x1", source, convs["1x1"])]
        for branch in ("3x3", "5x5"):
            reduced = self.conv(f"{prefix}{branch}_reduce", source, convs[branch + "_reduce"])
            parts.append(self.conv(prefix + branch, reduced, convs[branch]))
        pooled = self.add("MaxPool", [source], prefix + "pool", side, kernel_shape=[3, 3], strides=[1, 1], pads=[1] * 4)
        parts.append(self.conv(prefix + "pool_proj", pooled, convs["pool_proj"]))
        return self.add("Concat", parts, prefix + "output", side, axis=1)


def graph_of(student, embedding):
    writer = Writer()
    x = writer.halve("pool1/3x3_s2", writer.conv("conv1/7x7_s2", "image", student.stem["conv1/7x7_s2"]))
    x = writer.conv("conv2/3x3_reduce", x, student.stem["conv2/3x3_reduce"])
    x = writer.halve("pool2/3x3_s2", writer.conv("conv2/3x3", x, student.stem["conv2/3x3"]))
    averages = []
    for name, block in student.blocks.items():
        if name in POOLED_BEFORE:
            x = writer.halve(f"pool{3 + POOLED_BEFORE.index(name)}/3x3_s2", x)
        x = writer.block(name, x, block.convs)
        if name in LEVELS:
            averages.append(writer.add("GlobalAveragePool", [x], f"average_{name}", 1))
    x = writer.add("Concat", averages, "averages", 1, axis=1)
    x = writer.add("Flatten", [x], "averages_flat", 1, axis=1)
    weights = [writer.keep("embedding_w", embedding), writer.keep("embedding_b", torch.zeros(EMBEDDING))]
    writer.add("Gemm", [x] + weights, "embedding", 1, transB=1)
    writer.multiply_adds += embedding.numel()
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, SIDE, SIDE])
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", EMBEDDING])
    return writer, helper.make_graph(writer.nodes, "onebyone-nano", [image], [output], writer.weights)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("model")
    arguments = parser.parse_args()
    student = Student().eval()
    trained = torch.load(arguments.checkpoint, map_location="cpu")
    student.load_state_dict(trained["student"])
    writer, graph = graph_of(student, trained["embedding"])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="onebyone")
    model.ir_version = 7
    helper.set_model_props(model, {"preprocessing": PREPROCESSING, "feature": "embedding", "made": str(datetime.date.today())})
    onnx.checker.check_model(model)
    onnx.save(model, arguments.model)
    print(f"{arguments.model}: {writer.parameters:,} parameters, {writer.multiply_adds:,} multiply-adds at {SIDE}x{SIDE}")


if __name__ == "__main__":
    main()
