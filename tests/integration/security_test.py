"""Who may connect to the real onebyone-server and call it, and what those are told who may not."""
import datetime
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import unittest

from certificates import Authority
from running_server import BIN, MODELS, PROGRAM, SERVICE, Client, RunningServer, grpc, health_pb2, model_pb2, request_for

TOKEN = "a-token-of-the-tests-1"
OTHER_TOKEN = "a-token-of-the-tests-2"
HOST = "features.example"
DEADLINE = 20


def channel_to(address, ca=None, certificate=None, key=None, name=HOST):
    """A channel over TLS that trusts one authority, and shows a certificate where it has one; with a connection of its own."""
    def read(path):
        return path.read_bytes() if path else None
    credentials = grpc.ssl_channel_credentials(read(ca), read(key), read(certificate))
    return grpc.secure_channel(address, credentials, options=[("grpc.ssl_target_name_override", name), ("grpc.use_local_subchannel_pool", 1)])


def call(channel, token=None, method=SERVICE + "ListModels", message=b""):
    """The code and the words of one call's end."""
    metadata = [("authorization", f"Bearer {token}")] if token else []
    try:
        channel.unary_unary(method)(message, timeout=DEADLINE, metadata=metadata)
        return "OK", ""
    except grpc.RpcError as error:
        return error.code().name, error.details()


def code(*arguments, **named):
    return call(*arguments, **named)[0]


def health(address, service=""):
    with grpc.insecure_channel(address) as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check", request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
                                    response_deserializer=health_pb2.HealthCheckResponse.FromString)
        answer = check(health_pb2.HealthCheckRequest(service=service), timeout=DEADLINE)
        return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


def eventually(holds, seconds=30):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def start(*arguments):
    """A run of the server that is meant to end at once: its exit code and what it said."""
    run = subprocess.run([str(PROGRAM), "--models", str(MODELS), "--listen", "127.0.0.1:0", *map(str, arguments)],
                         capture_output=True, text=True, timeout=120, check=False)
    return run.returncode, run.stderr + run.stdout


class Secured(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls._folder.cleanup)
        cls.folder = pathlib.Path(cls._folder.name)
        cls.authority = Authority(cls.folder, "authority")
        cls.stranger = Authority(cls.folder, "stranger")

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


class TlsTest(Secured):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate, cls.key = cls.authority.sign(HOST)
        cls.server = RunningServer("--tls-certificate", str(cls.certificate), "--tls-key", str(cls.key))
        cls.addClassCleanup(cls.server.__exit__)

    def test_whoever_trusts_the_authority_is_served(self):
        with channel_to(self.server.address, self.authority.ca) as channel:
            self.assertEqual(code(channel), "OK")

    def test_another_authority_or_name_is_not_talked_to(self):
        for ca, name in ((self.stranger.ca, HOST), (self.authority.ca, "other.example")):
            with channel_to(self.server.address, ca, name=name) as channel:
                self.assertEqual(code(channel), "UNAVAILABLE", (ca, name))

    def test_plaintext_to_a_tls_port_is_closed_and_others_are_served(self):
        with grpc.insecure_channel(self.server.address) as channel:
            self.assertEqual(code(channel), "UNAVAILABLE")
        host, port = self.server.address.split(":")
        with socket.create_connection((host, int(port)), timeout=DEADLINE) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertNotIn(b"HTTP/1.1 200", b"".join(iter(lambda: raw.recv(4096), b"")))
        self.test_whoever_trusts_the_authority_is_served()

    def test_a_message_over_the_limit_is_refused(self):
        with channel_to(self.server.address, self.authority.ca) as channel:
            message = request_for(bytes(65 << 20)).SerializeToString()
            self.assertEqual(code(channel, method=SERVICE + "ExtractFeatures", message=message), "RESOURCE_EXHAUSTED")

    def test_headers_over_the_limit_are_refused_and_others_are_served(self):
        with channel_to(self.server.address, self.authority.ca) as other, channel_to(self.server.address, self.authority.ca) as channel:
            self.assertEqual(code(other), "OK")
            # gRPC may close this connection: what of the header comes after the refusal is of a call that it does not know any more.
            self.assertEqual(code(channel, token="x" * (64 << 10)), "RESOURCE_EXHAUSTED")
            self.assertEqual(code(other), "OK")

    def test_our_program_talks_tls_where_it_is_told_to(self):
        def models(*arguments):
            return subprocess.run([str(BIN / "onebyone"), "models", "--server", self.server.address, "--deadline", "20", *arguments],
                                  capture_output=True, text=True, timeout=120, check=False)
        trusted = models("--tls", "--tls-ca", str(self.authority.ca), "--tls-server-name", HOST)
        self.assertEqual(trusted.returncode, 0, trusted.stderr)
        self.assertIn("onebyone-nano", trusted.stdout)
        self.assertEqual(models("--tls", "--tls-ca", str(self.stranger.ca), "--tls-server-name", HOST).returncode, 1)
        self.assertEqual(models().returncode, 1)
        impossible = models("--tls-ca", str(self.authority.ca))
        self.assertIn("--tls-ca: want --tls", impossible.stderr)


class CertificatesThatChange(Secured):
    def test_are_shown_to_those_who_come_next_and_a_pair_that_does_not_match_is_not(self):
        pair = [path.read_bytes() for path in self.authority.sign(HOST)]
        certificate, key = self.file("live.crt", pair[0]), self.file("live.key", pair[1])
        with RunningServer("--tls-certificate", str(certificate), "--tls-key", str(key)) as server:
            with channel_to(server.address, self.authority.ca) as old_channel:
                self.assertEqual(code(old_channel), "OK")
                fresh = [path.read_bytes() for path in self.stranger.sign(HOST)]
                certificate.write_bytes(fresh[0])  # and the key is the old one's
                self.assertTrue(eventually(lambda: "cannot be used" in server.log()), server.log())
                with channel_to(server.address, self.authority.ca) as channel:
                    self.assertEqual(code(channel), "OK")
                key.write_bytes(fresh[1])

                def stranger_is_served():
                    with channel_to(server.address, self.stranger.ca) as channel:
                        return code(channel) == "OK"
                self.assertTrue(eventually(stranger_is_served), server.log())
                self.assertEqual(code(old_channel), "OK", "a connection keeps what it was made with")
            with channel_to(server.address, self.authority.ca, name=HOST) as channel:
                self.assertEqual(code(channel), "UNAVAILABLE")


class MutualTlsTest(Secured):
    def test_only_clients_that_the_authority_signed_are_served(self):
        certificate, key = self.authority.sign(HOST)
        own, own_key = self.authority.sign("client")
        strange, strange_key = self.stranger.sign("client")
        with RunningServer("--tls-certificate", str(certificate), "--tls-key", str(key), "--tls-client-ca", str(self.authority.ca),
                           "--health-listen", "127.0.0.1:0") as server:
            for shown, code_wanted in (((own, own_key), "OK"), ((None, None), "UNAVAILABLE"), ((strange, strange_key), "UNAVAILABLE")):
                with channel_to(server.address, self.authority.ca, *shown) as channel:
                    self.assertEqual(code(channel), code_wanted, shown)
            self.assertEqual(health(health_address(server)), "SERVING")
            shown = subprocess.run([str(BIN / "onebyone"), "health", "--server", server.address, "--tls", "--tls-ca", str(self.authority.ca),
                                    "--tls-server-name", HOST, "--tls-certificate", str(own), "--tls-key", str(own_key)],
                                   capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(shown.stdout, "SERVING\n", shown.stderr)


def health_address(server):
    return f"127.0.0.1:{re.search(r'health alone on .*port ([0-9]+)', server.log())[1]}"


class TokensTest(Secured):
    def tokens(self, name, *lines):
        return self.file(name, "\n".join(lines) + "\n")

    def test_calls_need_a_token_of_the_file_whatever_the_service(self):
        methods = [SERVICE + "ListModels", SERVICE + "StreamFeatures", "/inference.GRPCInferenceService/ServerLive",
                   "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "/no.Such/Method"]
        yesterday = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = self.tokens("tokens", "# who may call", f"alice {TOKEN}", f"bob {OTHER_TOKEN} expires={yesterday}")
        with RunningServer("--token-file", str(path)) as server, grpc.insecure_channel(server.address) as channel:
            for method in methods:
                for token in (None, "no-token-of-the-file", OTHER_TOKEN):
                    got, words = call(channel, token, method)
                    self.assertEqual(got, "UNAUTHENTICATED", (method, token))
                    self.assertNotIn("of-the-", words)
            self.assertIn("expired", call(channel, OTHER_TOKEN)[1])
            self.assertEqual(code(channel, TOKEN), "OK")
            self.assertEqual(code(channel, TOKEN, "/no.Such/Method"), "UNIMPLEMENTED")
            stream = channel.stream_stream(SERVICE + "StreamFeatures")
            self.assertEqual(list(stream(iter(()), timeout=DEADLINE, metadata=[("authorization", f"Bearer {TOKEN}")])), [])
            self.assertEqual(health(server.address), "SERVING")
            self.assertNotIn("of-the-tests", server.log())

    def test_the_file_is_read_again_when_it_changes_and_a_bad_one_is_not_used(self):
        path = self.tokens("live", f"alice {TOKEN}")
        with RunningServer("--token-file", str(path)) as server, grpc.insecure_channel(server.address) as channel:
            self.tokens("live", f"bob {OTHER_TOKEN}")
            self.assertTrue(eventually(lambda: code(channel, OTHER_TOKEN) == "OK"), server.log())
            self.assertEqual(code(channel, TOKEN), "UNAUTHENTICATED")
            self.tokens("live", "bob short")
            self.assertTrue(eventually(lambda: "cannot be used" in server.log()), server.log())
            self.assertEqual(code(channel, OTHER_TOKEN), "OK")
            path.unlink()
            self.assertTrue(eventually(lambda: server.log().count("cannot be used") == 2), server.log())
            self.assertEqual(code(channel, OTHER_TOKEN), "OK")

    def test_our_program_sends_the_token_of_its_file(self):
        path = self.tokens("both", f"alice {TOKEN}")
        with RunningServer("--token-file", str(path)) as server:
            def models(*arguments):
                return subprocess.run([str(BIN / "onebyone"), "models", "--server", server.address, *arguments],
                                      capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(models("--token-file", str(self.file("mine", TOKEN + "\n"))).returncode, 0)
            refused = models()
            self.assertEqual(refused.returncode, 1)
            self.assertIn("bearer", refused.stderr.lower())

    def test_methods_that_are_not_allowed_are_refused_but_health(self):
        with RunningServer("--allow-methods", "onebyone.v1.FeatureExtraction/ListModels,inference.GRPCInferenceService/*",
                           "--health-listen", "127.0.0.1:0") as server, grpc.insecure_channel(server.address) as channel:
            self.assertEqual(code(channel), "OK")
            self.assertEqual(code(channel, method="/inference.GRPCInferenceService/ServerLive"), "OK")
            self.assertEqual(code(channel, method=SERVICE + "GetModel"), "PERMISSION_DENIED")
            self.assertEqual(health(server.address), "SERVING")
            self.assertEqual(health(health_address(server)), "SERVING")
            with grpc.insecure_channel(health_address(server)) as probe:
                self.assertEqual(code(probe), "PERMISSION_DENIED", "the port for probes answers nothing else")


class StartTest(Secured):
    def test_files_that_cannot_be_used_end_it_by_the_name_of_their_option(self):
        certificate, key = self.authority.sign(HOST)
        _, other_key = self.authority.sign(HOST)
        expired, expired_key = self.authority.sign(HOST, days=0)
        time.sleep(1.1)  # then it has expired
        no_pem = self.file("no.pem", "nothing")
        tls = ("--tls-certificate", certificate, "--tls-key", key)
        for arguments, exit_code, words in (
                (("--tls-certificate", certificate, "--tls-key", other_key), 1, "--tls-key: wanted the key of"),
                (("--tls-certificate", no_pem, "--tls-key", key), 1, "--tls-certificate: "),
                (("--tls-certificate", certificate, "--tls-key", no_pem), 1, "--tls-key: "),
                (("--tls-certificate", expired, "--tls-key", expired_key), 1, "expired"),
                ((*tls, "--tls-client-ca", no_pem), 1, "--tls-client-ca: "),
                ((*tls, "--tls-client-ca", self.folder / "none"), 1, "none"),
                (("--token-file", self.file("t", "bob short")), 1, "--token-file: line 1"),
                (("--token-file", self.folder / "none"), 1, "--token-file"),
                (("--tls-key", key), 2, "--tls-key: wanted --tls-certificate"),
                (("--token-file", no_pem, "--listen", "0.0.0.0:0"), 2, "--allow-insecure-tokens"),
                (("--tls-certificat", certificate), 2, "did you mean --tls-certificate?"),
                (("--allow-methods", "everything"), 2, "--allow-methods")):
            got, said = start(*arguments)
            self.assertEqual(got, exit_code, (arguments, said))
            self.assertIn(words, said)

    def test_print_config_shows_what_is_in_force_and_is_read_again(self):
        got, said = start("--max-images", "7", "--print-config")
        self.assertEqual(got, 0, said)
        again, said_again = start("--config", self.file("server.toml", said), "--print-config")
        self.assertEqual((again, said_again), (0, said))


class LifeTest(unittest.TestCase):
    def test_liveness_holds_through_the_lame_duck_and_a_second_signal_ends_it_at_once(self):
        with RunningServer("--lame-duck", "600", "--health-listen", "127.0.0.1:0") as server:
            probe = health_address(server)
            self.assertEqual(health(probe, "liveness"), "SERVING")
            server.terminate()
            self.assertTrue(eventually(lambda: health(probe) == "NOT_SERVING"))
            self.assertEqual(health(probe, "liveness"), "SERVING")
            self.assertEqual(len(Client(server.address).list_models(model_pb2.ListModelsRequest(), timeout=DEADLINE).models), 1)
            server.terminate()
            self.assertEqual(server.process.wait(timeout=DEADLINE), 128 + 15)


if __name__ == "__main__":
    unittest.main()
