#!/usr/bin/env python3
"""deploy/compose.yaml and what it mounts: docker compose and nginx take the files, and they say what they should."""
import json
import os
import pathlib
import sys
import tempfile
import unittest

import tools

FILES = {"plaintext": ["compose.yaml"], "tls": ["compose.yaml", "compose.tls.yaml"]}
SECRETS = ("grafana_password", "token", "tokens", "tls_key", "tls_certificate")


def compose(form, *profiles, environment=None):
    """What docker compose reads of the files, as a dictionary. No daemon is asked."""
    plugin = tools.fetched("docker")
    command = [tools.program("docker"), "compose"]
    for name in FILES[form]:
        command += ["-f", tools.DEPLOY / name]
    for profile in profiles:
        command += ["--profile", profile]
    result = tools.run(*command, "config", "--format", "json",
                       env={**os.environ, "DOCKER_CONFIG": str(plugin), **(environment or {})})
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def value(service, flag):
    return next(word.partition("=")[2] for word in service["command"] if word.startswith(f"--{flag}="))


class ComposeTest(unittest.TestCase):
    def setUp(self):
        self.plain = compose("plaintext", "load")["services"]
        self.tls = compose("tls", "load")["services"]

    def test_load_runs_only_when_asked_for(self):
        self.assertEqual(set(compose("plaintext")["services"]), {"server", "balancer", "prometheus", "grafana"})
        self.assertEqual(set(self.plain), {"server", "balancer", "prometheus", "grafana", "load"})

    def test_every_service_is_limited_and_hardened(self):
        for form in (self.plain, self.tls):
            for name, service in form.items():
                limits = service["deploy"]["resources"]["limits"]
                self.assertTrue({"cpus", "memory", "pids"} <= set(limits), name)
                self.assertTrue(service["read_only"], name)
                self.assertEqual(service["cap_drop"], ["ALL"], name)
                self.assertEqual(service["security_opt"], ["no-new-privileges:true"], name)
                self.assertNotIn(service["user"].split(":")[0], ("", "0", "root"), name)
                self.assertRegex(service["image"], r":(?!latest)[\w.]+$")
                if name != "load":
                    self.assertEqual(service["restart"], "unless-stopped", name)
                    self.assertIn("test", service["healthcheck"], name)

    def test_ports_are_published_on_this_machine_alone(self):
        for service in self.plain.values():
            for port in service.get("ports", []):
                self.assertEqual(port["host_ip"], "127.0.0.1")
        for name in ("server", "load"):
            self.assertNotIn("ports", self.plain[name])

    def test_services_start_in_order_of_health(self):
        self.assertEqual(self.plain["balancer"]["depends_on"]["server"]["condition"], "service_healthy")
        self.assertEqual(self.plain["load"]["depends_on"]["balancer"]["condition"], "service_healthy")

    def test_the_grace_is_longer_than_the_drain(self):
        for form in (self.plain, self.tls):
            server = form["server"]
            grace = float(server["stop_grace_period"].rstrip("s"))
            self.assertGreater(grace, float(value(server, "lame-duck")) + 2.5 + float(value(server, "drain-timeout")))

    def test_tls_changes_nothing_else_of_the_server(self):
        added = [word for word in self.tls["server"]["command"] if word not in self.plain["server"]["command"]]
        self.assertEqual(added, ["--token-file=/run/secrets/tokens", "--allow-insecure-tokens=true"])
        self.assertLessEqual(set(self.plain["server"]["command"]), set(self.tls["server"]["command"]))

    def test_secrets_are_files_outside_of_git(self):
        with tempfile.TemporaryDirectory() as folder:
            made = tools.run(tools.DEPLOY / "secrets/make", folder + "/s")
            self.assertEqual(made.returncode, 0, made.stderr)
            whole = compose("tls", "load", environment={"ONEBYONE_SECRETS": folder + "/s"})
            for name, secret in whole["secrets"].items():
                self.assertEqual(pathlib.Path(secret["file"]), pathlib.Path(folder, "s", name))
                self.assertGreater(pathlib.Path(secret["file"]).stat().st_size, 20)
            self.assertEqual(set(whole["secrets"]), set(SECRETS))
            before = pathlib.Path(folder, "s/token").read_text()
            tools.run(tools.DEPLOY / "secrets/make", folder + "/s")
            self.assertEqual(pathlib.Path(folder, "s/token").read_text(), before)  # those that are there stay
            self.assertEqual(pathlib.Path(folder, "s").stat().st_mode & 0o777, 0o700)
        for name in SECRETS if (tools.SOURCE / ".git").exists() else ():
            ignored = tools.run("git", "-C", tools.SOURCE, "check-ignore", "-q", f"deploy/secrets/{name}")
            self.assertEqual(ignored.returncode, 0, name)

    def test_mounted_files_are_there(self):
        for form in (self.plain, self.tls):
            for service in form.values():
                for volume in service.get("volumes", []):
                    if volume["type"] == "bind":
                        self.assertTrue(pathlib.Path(volume["source"]).exists(), volume["source"])

    def test_the_server_takes_the_arguments(self):
        server = tools.built("onebyone-server")
        with tempfile.TemporaryDirectory() as folder:
            tools.run(tools.DEPLOY / "secrets/make", folder)
            for form in (self.plain, self.tls):
                words = [word.replace("/run/secrets", folder) for word in form["server"]["command"]]
                result = tools.run(server, *words, "--print-config")
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_prometheus_looks_where_the_servers_tell(self):
        config = tools.yaml().safe_load((tools.DEPLOY / "prometheus/prometheus.yml").read_text())
        job = next(job for job in config["scrape_configs"] if job["job_name"] == "onebyone")
        self.assertEqual(job["dns_sd_configs"][0]["names"], ["server"])
        self.assertEqual(job["dns_sd_configs"][0]["port"], int(value(self.plain["server"], "metrics-listen").rpartition(":")[2]))
        mounted = {volume["target"] for volume in self.plain["prometheus"]["volumes"]}
        for file in config["rule_files"]:
            self.assertIn("/etc/prometheus/" + file, mounted)

    def test_grafana_finds_datasource_and_dashboard(self):
        provisioning = tools.DEPLOY / "grafana/provisioning"
        source = tools.yaml().safe_load((provisioning / "datasources/prometheus.yml").read_text())["datasources"][0]
        self.assertEqual(source["url"], "http://prometheus:9090")
        provider = tools.yaml().safe_load((provisioning / "dashboards/onebyone.yml").read_text())["providers"][0]
        dashboards = [v["target"] for v in self.plain["grafana"]["volumes"] if v["target"].endswith(".json")]
        self.assertEqual([str(pathlib.PurePath(target).parent) for target in dashboards], [provider["options"]["path"]])
        self.assertEqual(self.plain["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"], dashboards[0])


class NginxTest(unittest.TestCase):
    """The configuration as compose mounts it, with the paths of a folder here."""

    def check(self, listen):
        nginx = tools.program("nginx")
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            tools.run(tools.DEPLOY / "secrets/make", folder / "secrets")
            for name in ("nginx.conf", "grpc_proxy.conf", listen):
                text = (tools.DEPLOY / "nginx" / name).read_text()
                text = text.replace("/tmp/", f"{folder}/").replace("server:50051", "127.0.0.1:50051")
                text = text.replace("/etc/nginx/onebyone", str(folder)).replace("/run/secrets", str(folder / "secrets"))
                (folder / ("listen.conf" if name == listen else name)).write_text(text)
            return tools.run(nginx, "-t", "-e", folder / "error.log", "-c", folder / "nginx.conf")

    def test_nginx_takes_both_forms(self):
        for listen in ("listen_plaintext.conf", "listen_tls.conf"):
            result = self.check(listen)
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_benchmark_measures_this_configuration(self):
        sys.path.insert(0, str(tools.SOURCE / "tests/benchmarks"))
        import rolling_restart

        self.assertEqual(rolling_restart.BALANCING, tools.DEPLOY / "nginx/grpc_proxy.conf")
        self.assertNotIn("grpc_pass", rolling_restart.NGINX)


if __name__ == "__main__":
    unittest.main(verbosity=1)
