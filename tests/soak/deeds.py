"""The kinds of odd traffic: requests of every form, pictures that are broken, callers that do not wait or do not read."""
import csv
import dataclasses
import random
import struct
import time
import typing

import grpc
from raw_http2 import RawConnection, connect, header_block
from running_server import SAMPLES, SERVICE, SHARED, feature_extraction_pb2, model_pb2, request_for, tensor_pb2

import open_inference_grpc_pb2 as kserve  # found by running_server

PICTURES = [path.read_bytes() for path in sorted(SAMPLES.rglob("*.jpg"))[:4]]
# A full queue is no error: the open loop runs near the capacity.
REFUSED = (grpc.StatusCode.RESOURCE_EXHAUSTED,)
NATIVE = feature_extraction_pb2.ExtractFeaturesRequest.DESCRIPTOR.fields_by_name["input_size"].enum_type.values_by_name["NATIVE"].number
FORMS = {
    "embedding": {},
    "whole map": {"features": [{"layer": "inception_3a/output"}]},
    "16 channels, float16": {"features": [{"layer": "inception_4c/output", "channels": 16, "data_type": tensor_pb2.FLOAT16}]},
    "uint8, HWC": {"features": [{"layer": "inception_4e/output", "data_type": tensor_pb2.UINT8, "layout": tensor_pb2.HWC}]},
    "three layers": {"features": [{"layer": layer} for layer in ("inception_3b/output", "inception_4b/output", "embedding")]},
    "native size": {"features": [{"layer": "inception_3a/output", "channels": 8}], "input_size": NATIVE},
}


@dataclasses.dataclass
class Deed:
    name: str
    run: typing.Callable[[], typing.Optional[bytes]]  # what must be the same each time
    allowed: tuple = REFUSED  # codes that it may end with


def answer_bytes(response):
    """What was computed, without the times: for each picture its code and maps."""
    parts = []
    for result in response.results:
        parts.append(struct.pack("<i", result.status.code) + result.status.message.encode())
        parts += [feature.layer.encode() + feature.content for feature in result.features]
    return b"\0".join(parts)


def damaged(picture, number):
    """Cut short, or with bytes of chance in it; the same for the same number."""
    chance = random.Random(number)
    broken = bytearray(picture)
    if number % 2:
        return bytes(broken[:chance.randrange(100, len(broken))])
    for _ in range(20):
        broken[chance.randrange(200, len(broken))] = chance.randrange(256)
    return bytes(broken)


def bad_pictures():
    folder = SHARED / "images" / "bad"
    if folder.exists():
        for row in csv.DictReader((folder / "manifest.csv").read_text(encoding="utf-8").splitlines()):
            yield row["file"], (folder / row["file"]).read_bytes()
    for number in range(6):
        yield f"damaged {number}", damaged(PICTURES[number % len(PICTURES)], number)


def good_deeds(client):
    for number, picture in enumerate(PICTURES):
        for name, form in FORMS.items():
            request = request_for(picture, **form)
            yield Deed(f"{name} of picture {number}", lambda request=request: answer_bytes(client.extract(request, timeout=60)))
    request = request_for(*PICTURES, model="stable")
    yield Deed("four pictures by an alias", lambda: answer_bytes(client.extract(request, timeout=60)))
    yield Deed("list of models", lambda: client.list_models(model_pb2.ListModelsRequest(), timeout=60) and None)
    for name, picture in bad_pictures():
        bad = request_for(picture)
        yield Deed(f"bad picture: {name}", lambda bad=bad: answer_bytes(client.extract(bad, timeout=60)))


def stream_deed(client):
    method = client.channel.stream_stream(SERVICE + "StreamFeatures")
    messages = [feature_extraction_pb2.StreamFeaturesRequest(request_id=str(number), request=request_for(picture)).SerializeToString()
                for number, picture in enumerate(PICTURES)]

    def run():
        answers = [feature_extraction_pb2.StreamFeaturesResponse.FromString(answer) for answer in method(iter(messages), timeout=60)]
        answers.sort(key=lambda answer: answer.request_id)
        if any(answer.status.code == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0] for answer in answers):
            return None
        return b"".join(answer_bytes(answer.response) for answer in answers)
    return Deed("a stream of four", run)


def kserve_deed(client):
    infer = client.channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
    question = kserve.ModelInferRequest(model_name="onebyone-nano")
    question.inputs.add(name="image", datatype="BYTES", shape=[1]).contents.bytes_contents.append(PICTURES[0])
    question.outputs.add(name="inception_4c/output")
    message = question.SerializeToString()

    def run():
        answer = kserve.ModelInferResponse.FromString(infer(message, timeout=60))
        return b"".join(answer.raw_output_contents)
    return Deed("KServe ModelInfer", run)


def impatient_deeds(client):
    many = request_for(*PICTURES * 4)

    def cancel():
        call = client.extract.future(many, timeout=60)
        time.sleep(0.005)
        call.cancel()
    yield Deed("a call that is cancelled", cancel)
    yield Deed("a deadline of 4 ms", lambda: client.extract(many, timeout=0.004) and None, (*REFUSED, grpc.StatusCode.DEADLINE_EXCEEDED))


def rude_deeds(address):
    """Callers on connections of their own, who do not read what they asked for, or go without a word."""
    picture = min(PICTURES, key=len)  # within HTTP/2's first window
    message = request_for(picture, features=[{"layer": "inception_3a/output"}]).SerializeToString()
    block = header_block(SERVICE + "ExtractFeatures")
    waiting = []

    def read_slowly():
        """Asks, and reads nothing until it has its turn again; then goes."""
        if waiting:
            waiting.pop().close()
        connection = RawConnection(address)
        connection.send(connection.ask(block, message))
        waiting.append(connection)

    def vanish():
        connection = connect(address)
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        connection.close()
    yield Deed("a caller who does not read", read_slowly)
    yield Deed("a caller who vanishes", vanish)


def all_deeds(client, address):
    yield from good_deeds(client)
    yield stream_deed(client)
    yield kserve_deed(client)
    yield from impatient_deeds(client)
    yield from rude_deeds(address)
