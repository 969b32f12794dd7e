#!/usr/bin/env python3
"""Two servers that are restarted one after the other under load, behind a gRPC client that retries and behind nginx: failed requests.

The client takes them in turn (round_robin) and retries UNAVAILABLE; nginx (`grpc_pass`) takes the next server where one refuses.

    /usr/bin/python3 tests/benchmarks/rolling_restart.py --bundle BUNDLE
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

import serving

RETRIES = json.dumps({"loadBalancingConfig": [{"round_robin": {}}],
                      "methodConfig": [{"name": [{}], "retryPolicy": {
                          "maxAttempts": 5, "initialBackoff": "0.05s", "maxBackoff": "1s", "backoffMultiplier": 2,
                          "retryableStatusCodes": ["UNAVAILABLE"]}}]})
BALANCING = serving.SOURCE / "deploy" / "nginx" / "grpc_proxy.conf"  # the same as in deploy/compose.yaml
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream onebyone {{ {servers} keepalive 16; }}
  server {{
    listen 127.0.0.1:{port} http2;
    include {balancing};
  }}
}}
"""


class Nginx:
    def __init__(self, addresses, port):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="onebyone-nginx-"))
        servers = " ".join(f"server {address} max_fails=0;" for address in addresses)
        config = self.folder / "nginx.conf"
        config.write_text(NGINX.format(folder=self.folder, servers=servers, port=port, balancing=BALANCING))
        self.process = subprocess.Popen(["nginx", "-e", self.folder / "error.log", "-c", config])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(arguments, address):
    return serving.Server(arguments.bundle, "--lanes", 1, "--precision", arguments.precision, "--lame-duck", 1, listen=address)


def restart_all(arguments, servers, seconds, load):
    """Restarts them in turn, as often as the time of the load allows; how often."""
    restarts = 0
    end = time.monotonic() + seconds - 8
    while time.monotonic() < end and load.process.poll() is None:
        number = restarts % len(servers)
        address = servers[number].address
        servers[number].stop()
        servers[number].__exit__()
        servers[number] = start(arguments, address)
        restarts += 1
        time.sleep(1)
    return restarts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    serving.add_arguments(parser)
    parser.add_argument("--seconds", type=float, default=30, help="of load each way (default 30)")
    parser.add_argument("--rate", type=float, default=40, help="requests a second (default 40)")
    parser.add_argument("--nginx-port", type=int, default=50199)
    arguments = parser.parse_args()
    message = serving.extract_request(arguments.picture.read_bytes(), arguments.layer, arguments.channels)
    servers = [start(arguments, "127.0.0.1:0") for _ in range(2)]
    try:
        targets = [("round_robin and retries", "ipv4:" + ",".join(server.address for server in servers), RETRIES)]
        if shutil.which("nginx"):
            targets.append(("nginx grpc_pass", f"127.0.0.1:{arguments.nginx_port}", ""))
        else:
            print("nginx is not installed: only round_robin is run")
        with Nginx([server.address for server in servers], arguments.nginx_port) if len(targets) > 1 else open("/dev/null"):
            for name, target, config in targets:
                flags = {"service_config": config} if config else {}
                running = serving.Load(target, message, rate=arguments.rate, seconds=arguments.seconds, **flags)
                restarts = restart_all(arguments, servers, arguments.seconds, running)
                result = running.result()
                failed = result["due"] - result["codes"].get("OK", 0)
                print(f"{name}: {restarts} restarts, {result['due']} requests, {failed} failed; codes {result['codes']} "
                      f"{result['first_error']}")
    finally:
        for server in servers:
            server.__exit__()


if __name__ == "__main__":
    main()
