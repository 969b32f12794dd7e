"""Runs an ONNX convolutional network in torch, so that a teacher of any shape can be asked for any of its values."""
import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


class OnnxNetwork:
    """The network of an .onnx file: images [N, 3, H, W] in, the named values out. Float32, evaluation only.

    Knows the operators of GoogLeNet (BVLC) and SqueezeNet; any other one is a ValueError that names it.
    """

    def __init__(self, path):
        graph = onnx.load(path).graph
        self.nodes = list(graph.node)
        self.constants = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
        self.input = next(i.name for i in graph.input if i.name not in self.constants)

    def __call__(self, images, names):
        """Returns the values called `names`; nothing behind the last of them is computed."""
        values = {self.input: images}
        wanted = set(names)
        with torch.no_grad():
            for node in self.nodes:
                inputs = [self.constants.get(name, values.get(name)) for name in node.input]
                values[node.output[0]] = run_node(node, inputs)
                wanted.discard(node.output[0])
                if not wanted:
                    return [values[name] for name in names]
        raise ValueError(f"values that the network does not have: {sorted(wanted)}")

    def weights_of(self, output):
        """The constants that the node with this output reads: weights, then the bias where there is one."""
        node = next(node for node in self.nodes if output in node.output)
        return [self.constants[name] for name in node.input if name in self.constants]


def run_node(node, inputs):
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    kind = node.op_type
    if kind == "Conv":
        x, pads = pad(inputs[0], attributes, value=0.0)
        bias = inputs[2] if len(inputs) > 2 else None
        return F.conv2d(x, inputs[1], bias, attributes.get("strides", [1, 1]), pads, groups=attributes.get("group", 1))
    if kind == "Relu":
        return F.relu(inputs[0])
    if kind in ("MaxPool", "AveragePool"):
        return pool(kind, inputs[0], attributes)
    if kind == "GlobalAveragePool":
        return inputs[0].mean((2, 3), keepdim=True)
    if kind == "LRN":
        return local_response_norm(inputs[0], **{k: attributes[k] for k in ("size", "alpha", "beta", "bias")})
    if kind == "Concat":
        return torch.cat(inputs, attributes["axis"])
    if kind == "Reshape":
        return inputs[0].flatten(1)
    if kind == "Flatten":
        return inputs[0].flatten(attributes.get("axis", 1))
    if kind == "Gemm":
        return F.linear(inputs[0], inputs[1] if attributes.get("transB") else inputs[1].t(), inputs[2])
    if kind == "Dropout":
        return inputs[0]
    if kind == "Softmax":
        return F.softmax(inputs[0], 1)
    raise ValueError(f"operator {kind} of node {node.name or node.output[0]} is not known here")


def pad(x, attributes, value):
    """torch pads both ends alike; ONNX need not. Returns the map, padded where torch could not, and the rest."""
    top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
    if (top, left) == (bottom, right):
        return x, (top, left)
    return F.pad(x, (left, right, top, bottom), value=value), (0, 0)


def pool(kind, x, attributes):
    kernel = attributes["kernel_shape"]
    strides = attributes.get("strides", [1, 1])
    ceil = bool(attributes.get("ceil_mode", 0))
    if kind == "MaxPool":
        x, pads = pad(x, attributes, value=float("-inf"))
        return F.max_pool2d(x, kernel, strides, pads, ceil_mode=ceil)
    x, pads = pad(x, attributes, value=0.0)
    return F.avg_pool2d(x, kernel, strides, pads, ceil_mode=ceil, count_include_pad=bool(attributes.get("count_include_pad")))


def local_response_norm(x, size, alpha, beta, bias):
    """As a banded 1x1 convolution of the squares, several times as fast as torch's own."""
    index = torch.arange(x.shape[1])
    before = (size - 1) // 2
    offset = index[None] - index[:, None]
    band = ((offset >= -before) & (offset <= size - 1 - before)).to(x.dtype) * (alpha / size)
    scale = F.conv2d(x * x, band[:, :, None, None]) + bias
    return x * scale.pow(-beta) if beta != 0.75 else x * scale.rsqrt() * scale.rsqrt().sqrt()
