#!/usr/bin/env python3
"""Writes a bundle of a network that torchvision draws, and checks it against torch's own output.

    deploy/models/export_torchvision.py googlenet --weights googlenet-1378be20.pth --output deploy/models/torchvision-googlenet
    deploy/models/export_torchvision.py resnet50 --random 1 --output /tmp/resnet50        # weights that learnt nothing

Networks: googlenet, inception_v3, squeezenet1_0, squeezenet1_1, resnet18, resnet34, resnet50, resnet101, resnet152. --weights is a file
as torchvision publishes them (`deploy/models/fetch torchvision-NAME` downloads, checks and exports one); nothing is downloaded here. Needs Debian's
python3-torch, python3-torchvision, python3-onnx and python3-pil, and a built onebyone-model.

The bundle holds goldens: outputs of torch for two pictures, the last layer and one block. `onebyone-model verify` compares with
them to 1e-4 of the largest value, here at the end and wherever the bundle goes. Values are named after their module
(`inception4a/branch2/1/Relu`), and each block has its module's name as an alias (`inception4a`).
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
OPSET = 13

# Arithmetic that the published weights expect of pixels 0 to 255: scale, mean, std; the network's input side and the side that
# is resized before its crop. GoogLeNet's and Inception's weights are TensorFlow's: torchvision rescales their input within the network
# (transform_input) from ImageNet's mean and std to -1..1; here that is the preprocessing itself.
IMAGENET = (1 / 255, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
TENSORFLOW = (1 / 127.5, (1, 1, 1), (1, 1, 1))
# name: (arithmetic, side, resized shorter side, the block of the golden, the module whose output is the feature)
NETWORKS = {
    "googlenet": (TENSORFLOW, 224, 256, "inception4a", "avgpool"),
    "inception_v3": (TENSORFLOW, 299, 342, "Mixed_6a", "avgpool"),
    "squeezenet1_0": (IMAGENET, 224, 256, "features.5", "features"),
    "squeezenet1_1": (IMAGENET, 224, 256, "features.5", "features"),
    **{f"resnet{depth}": (IMAGENET, 224, 256, "layer3", "avgpool") for depth in (18, 34, 50, 101, 152)},
}


def network(name, weights, seed):
    """The network in evaluation form, with the weights of a file, or random ones."""
    import torch
    import torchvision

    arguments = {}
    if name in ("googlenet", "inception_v3"):
        arguments = {"aux_logits": False, "transform_input": False, "init_weights": False}
    torch.manual_seed(seed or 0)
    model = getattr(torchvision.models, name)(weights=None, **arguments)
    if weights is not None:
        state = torch.load(weights, map_location="cpu")
        kept = {key: value for key, value in state.items() if not key.lower().startswith("aux")}  # heads for training only
        model.load_state_dict(kept)
    else:
        stir(model)
    return model.eval()


def stir(model):
    """Random weights under which a picture keeps its strength from layer to layer, and random batch norms: those of a fresh network do
    nothing, and would hide how they are folded."""
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        elif isinstance(module, torch.nn.BatchNorm2d):
            for values, low, high in ((module.weight, 0.5, 1.5), (module.bias, -0.2, 0.2), (module.running_mean, -0.2, 0.2),
                                      (module.running_var, 0.5, 1.5)):
                torch.nn.init.uniform_(values.data, low, high)


def readable(name):
    """/inception4a/branch2/branch2.1/Relu_output_0 -> inception4a/branch2/1/Relu: each part without what stands before it."""
    parts, before = [], ""
    for part in re.sub(r"_output_0$", "", name).strip("/").split("/"):
        shorter = part[len(before) + 1:] if before and part.startswith(before + ".") else part
        parts.append(shorter)
        before = part
    return "/".join(parts)


def write_onnx(model, side, path):
    """Exports, and names each value after its module; returns {module path: the last value within it}."""
    import onnx
    import torch

    with torch.no_grad():
        torch.onnx.export(model, torch.zeros(1, 3, side, side), str(path), opset_version=OPSET, input_names=["input"],
                          output_names=["output"], dynamic_axes={"input": {0: "N"}, "output": {0: "N"}})
    file = onnx.load(str(path))
    names, blocks = {}, {}
    for node in file.graph.node:
        for value in node.output:
            if not value.startswith("/"):
                continue
            names[value] = readable(value)
            scopes = names[value].split("/")[:-1]
            for depth in range(1, min(2, len(scopes)) + 1):  # deeper ones would be hundreds
                blocks["/".join(scopes[:depth])] = names[value]
    assert len(set(names.values())) == len(names), "two values got one name"
    for node in file.graph.node:
        node.input[:] = [names.get(value, value) for value in node.input]
        node.output[:] = [names.get(value, value) for value in node.output]
    del file.graph.value_info[:]
    onnx.save(file, str(path))
    return blocks


def module_outputs(model, pixels, modules):
    """What torch gives of the modules (by their dotted names) and of the whole network."""
    import torch

    outputs, hooks = {}, []
    for name, module in model.named_modules():
        if name in modules:
            hooks.append(module.register_forward_hook(lambda _, __, result, name=name: outputs.update({name: result})))
    with torch.no_grad():
        outputs[""] = model(pixels)
    for hook in hooks:
        hook.remove()
    return {name: value.numpy() for name, value in outputs.items()}


def pictures(side):
    """Two pictures of the network's size: a photograph, and noise, which shows what a smooth picture hides."""
    import numpy
    from PIL import Image

    photograph = Image.open(SOURCE / "deploy" / "samples" / "coffee.jpg").convert("RGB").resize((side, side), Image.BILINEAR)
    noise = numpy.random.default_rng(7).integers(0, 256, (side, side, 3), dtype=numpy.uint8)
    return {"coffee": photograph, "noise": Image.fromarray(noise)}


def add_goldens(bundle, model, arguments):
    """Writes torch's outputs into the bundle, and their entries into its config."""
    import numpy
    import torch

    (scale, mean, std), side, _, block, _ = NETWORKS[arguments.network]
    layers = {"": "output", block: block.replace(".", "/")}
    entries = []
    for name, picture in pictures(side).items():
        picture.save(bundle / f"{name}.png")
        pixels = (numpy.asarray(picture, numpy.float32) * numpy.float32(scale) - numpy.float32(mean)) / numpy.float32(std)
        pixels = torch.from_numpy(numpy.ascontiguousarray(pixels.transpose(2, 0, 1)[None]))
        for module, values in module_outputs(model, pixels, set(layers)).items():
            layer = layers[module]
            file = f"{name}.{layer.replace('/', '_')}.npy"
            numpy.save(bundle / file, values[0])
            entries.append(f'goldens {{ image: "{name}.png" layer: "{layer}" output: "{file}" tolerance: 1e-4 }}\n')
    with open(bundle / "model_config.textproto", "a", encoding="utf-8") as config:
        config.writelines(entries)


def run(arguments):
    (scale, mean, std), side, resized, _, feature = NETWORKS[arguments.network]
    model = network(arguments.network, arguments.weights, arguments.random)
    with tempfile.TemporaryDirectory() as scratch:
        onnx_file = pathlib.Path(scratch, "model.onnx")
        blocks = write_onnx(model, side, onnx_file)
        bundle = pathlib.Path(scratch, arguments.output.name)
        command = [arguments.workbench, "import", onnx_file, "--output", bundle, "--scale", repr(scale),
                   "--mean=" + ",".join(map(str, mean)), "--std", ",".join(map(str, std)), "--resize-shorter-side", resized,
                   "--default-layer", feature, "--license", "BSD-3-Clause", "--source",
                   "torchvision " + arguments.network + (", random weights" if arguments.weights is None else f", {arguments.weights.name}"),
                   "--description", f"{arguments.network} as torchvision draws it"]
        for module, value in blocks.items():
            command += ["--alias", f"{module}={value}"]
        subprocess.run([str(word) for word in command], check=True)
        add_goldens(bundle, model, arguments)
        subprocess.run([str(arguments.workbench), "verify", "--bundle", str(bundle)], check=True)
        if arguments.output.exists():
            shutil.rmtree(arguments.output)
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(bundle, arguments.output)
    print(f"{arguments.output}: a bundle; onebyone-model inspect --bundle {arguments.output} lists its layers")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=sorted(NETWORKS), metavar="NETWORK")
    weights = parser.add_mutually_exclusive_group(required=True)
    weights.add_argument("--weights", type=pathlib.Path, help="file of the published weights (.pth)")
    weights.add_argument("--random", type=int, metavar="SEED", help="weights that learnt nothing, of this seed")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="folder of the bundle")
    parser.add_argument("--force", action="store_true", help="replace a bundle that is there")
    parser.add_argument("--workbench", type=pathlib.Path, default=SOURCE / "build" / "release" / "bin" / "onebyone-model")
    arguments = parser.parse_args()
    if arguments.output.exists() and not arguments.force:
        sys.exit(f"export_torchvision: {arguments.output} is there already; --force replaces it")
    for module in ("torch", "torchvision", "onnx", "PIL"):
        try:
            __import__(module)
        except ImportError as error:
            sys.exit(f"export_torchvision: want Debian's python3-torch, python3-torchvision, python3-onnx and python3-pil: {error}")
    try:
        run(arguments)
    except subprocess.CalledProcessError as error:
        sys.exit(f"export_torchvision: {error.cmd[0]} {error.cmd[1]} failed with {error.returncode}")


if __name__ == "__main__":
    main()
