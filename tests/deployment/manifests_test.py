#!/usr/bin/env python3
"""deploy/kubernetes: every manifest is one that Kubernetes takes, and what belongs together agrees."""
import copy
import json
import re
import tempfile
import unittest

import tools
from strict_schema import StrictSchema

FOLDERS = ("base", "overlays/development", "overlays/production", "bulk")
OPERATOR = "monitoring.coreos.com/v1"


def only(documents, kind, name=None):
    found = [d for d in documents if d["kind"] == kind and name in (None, d["metadata"]["name"])]
    assert len(found) == 1, f"want one {kind} {name or ''}, got {len(found)}"
    return found[0]


def pod_of(documents, kind="Deployment"):
    return only(documents, kind)["spec"]["template"]["spec"]


def flag(container, name):
    """The value of --NAME=VALUE."""
    values = [argument.partition("=")[2] for argument in container["args"] if argument.startswith(f"--{name}=")]
    assert len(values) == 1, f"want --{name} once, got {values}"
    return values[0]


class SchemaTest(unittest.TestCase):
    def setUp(self):
        self.schema = StrictSchema(tools.fetched("kubernetes-openapi.json"))

    def test_every_field_is_one_that_kubernetes_knows(self):
        for folder in FOLDERS:
            for document in tools.render(folder):
                if document["apiVersion"] != OPERATOR:
                    self.assertEqual(self.schema.errors(document), [], folder)

    def test_the_schema_finds_what_is_wrong(self):
        good = only(tools.render("base"), "Deployment")
        for change, text in ((lambda d: d["spec"].update(replica=3), "replica"),
                             (lambda d: d["spec"].pop("selector"), "selector"),
                             (lambda d: d["spec"].update(replicas="3"), "replicas"),
                             (lambda d: d["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["grpc"].pop("port"), "port"),
                             (lambda d: d.update(apiVersion="apps/v9"), "no such kind")):
            bad = copy.deepcopy(good)
            change(bad)
            self.assertRegex(" ".join(self.schema.errors(bad)), text)


class ModelsTest(unittest.TestCase):
    def errors(self, documents):
        folder = tools.fetched("npm")
        result = tools.run(tools.program("node"), tools.SOURCE / "tests/deployment/kubernetes_models.mjs", cwd=folder,
                           input=json.dumps(documents))
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_every_word_is_one_that_kubernetes_knows(self):
        for folder in FOLDERS:
            self.assertEqual(self.errors(tools.render(folder)), [], folder)

    def test_the_models_find_what_is_wrong(self):
        documents = copy.deepcopy(tools.render("overlays/production"))
        pod_of(documents)["containers"][0]["imagePullPolicy"] = "Sometimes"
        only(documents, "ServiceMonitor")["spec"]["endpoints"] = "metrics"
        del only(documents, "PrometheusRule")["spec"]["groups"][0]["name"]
        errors = self.errors(documents)
        self.assertEqual(sorted(error.split("/")[0] for error in errors), ["Deployment", "PrometheusRule", "ServiceMonitor"])


class DeploymentTest(unittest.TestCase):
    def deployments(self):
        for folder in ("base", "overlays/development", "overlays/production"):
            yield folder, tools.render(folder), pod_of(tools.render(folder))

    def test_the_grace_is_longer_than_the_drain(self):
        for folder, _, pod in self.deployments():
            server = pod["containers"][0]
            before = server["lifecycle"]["preStop"]["sleep"]["seconds"]
            # server/README.md, "The end": two seconds until connections without calls are closed, half a second of refusals.
            needed = before + float(flag(server, "lame-duck")) + 2.5 + float(flag(server, "drain-timeout"))
            self.assertGreaterEqual(pod["terminationGracePeriodSeconds"], needed + 5, folder)

    def test_probes_ask_the_plaintext_health_port(self):
        for folder, _, pod in self.deployments():
            server = pod["containers"][0]
            port = int(flag(server, "health-listen").rpartition(":")[2])
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                self.assertEqual(server[probe]["grpc"]["port"], port, folder)
            self.assertEqual(server["livenessProbe"]["grpc"]["service"], "liveness")  # load never kills a pod
            self.assertNotIn("service", server["readinessProbe"]["grpc"])

    def test_not_serving_is_seen_within_the_lame_duck_time(self):
        for folder, _, pod in self.deployments():
            server = pod["containers"][0]
            ready = server["readinessProbe"]
            seen = ready["periodSeconds"] * ready["failureThreshold"] + ready["timeoutSeconds"]
            self.assertLess(seen, float(flag(server, "lame-duck")), folder)

    def test_ports_are_those_that_the_server_listens_on(self):
        for folder, documents, pod in self.deployments():
            server = pod["containers"][0]
            ports = {port["name"]: port["containerPort"] for port in server["ports"]}
            listens = {"grpc": "listen", "health": "health-listen", "metrics": "metrics-listen"}
            self.assertEqual(ports, {name: int(flag(server, option).rpartition(":")[2]) for name, option in listens.items()})
            for service in (d for d in documents if d["kind"] == "Service"):
                for port in service["spec"]["ports"]:
                    self.assertEqual(port["port"], ports[port["targetPort"]], folder)
            for rule in only(documents, "NetworkPolicy")["spec"]["ingress"]:
                self.assertLessEqual({port["port"] for port in rule["ports"]}, set(ports))

    def test_selectors_select_the_pods(self):
        for folder, documents, pod in self.deployments():
            labels = only(documents, "Deployment")["spec"]["template"]["metadata"]["labels"]
            selectors = [d["spec"]["selector"] for d in documents if d["kind"] == "Service"]
            selectors += [d["spec"]["selector"]["matchLabels"] for d in documents if d["kind"] in ("Deployment", "PodDisruptionBudget")]
            selectors.append(only(documents, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"])
            selectors += [spread["labelSelector"]["matchLabels"] for spread in pod["topologySpreadConstraints"]]
            for selector in selectors:
                self.assertLessEqual(set(selector.items()), set(labels.items()), folder)

    def test_memory_holds_what_the_server_may_take(self):
        units = {"Mi": 2 ** 20, "Gi": 2 ** 30}
        for folder, _, pod in self.deployments():
            server = pod["containers"][0]
            limit = server["resources"]["limits"]["memory"]
            taken = int(flag(server, "max-queued-bytes")) + int(flag(server, "max-decoded-bytes"))
            self.assertGreaterEqual(int(limit[:-2]) * units[limit[-2:]], taken + (512 << 20), folder)
            self.assertEqual(server["resources"]["limits"]["cpu"], server["resources"]["requests"]["cpu"])

    def test_containers_may_do_nothing_that_they_need_not(self):
        pods = [pod for _, _, pod in self.deployments()] + [pod_of(tools.render("bulk"), "Job")]
        for pod in pods:
            self.assertTrue(pod["securityContext"]["runAsNonRoot"])
            self.assertEqual(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault")
            self.assertFalse(pod["automountServiceAccountToken"])
            self.assertFalse(pod["enableServiceLinks"])
            for container in pod["containers"] + pod.get("initContainers", []):
                context = container["securityContext"]
                self.assertTrue(context["readOnlyRootFilesystem"])
                self.assertFalse(context["allowPrivilegeEscalation"])
                self.assertEqual(context["capabilities"]["drop"], ["ALL"])
                self.assertRegex(container["image"], r":(?!latest$)[\w.-]+$")
                self.assertLessEqual({"cpu", "memory"}, set(container["resources"]["limits"]))

    def test_the_server_takes_the_arguments(self):
        server = tools.built("onebyone-server")
        for folder, _, pod in self.deployments():
            # Secrets are not here to be read; --print-config checks the values of all options.
            arguments = [a for a in pod["containers"][0]["args"] if not a.startswith(("--tls", "--token"))]
            result = tools.run(server, *arguments, "--print-config")
            self.assertEqual(result.returncode, 0, folder + result.stderr)
        self.assertNotEqual(tools.run(server, "--models=/m", "--lame-duck=soon", "--print-config").returncode, 0)

    def test_production_has_secrets_and_metrics(self):
        documents = tools.render("overlays/production")
        server = pod_of(documents)["containers"][0]
        mounts = {mount["name"]: mount["mountPath"] for mount in server["volumeMounts"]}
        for option, volume in (("tls-certificate", "tls"), ("tls-key", "tls"), ("token-file", "tokens")):
            self.assertTrue(flag(server, option).startswith(mounts[volume] + "/"))
        monitor = only(documents, "ServiceMonitor")["spec"]
        service = only(documents, "Service", "onebyone-headless")
        self.assertLessEqual(set(monitor["selector"]["matchLabels"].items()), set(service["metadata"]["labels"].items()))
        self.assertIn(monitor["endpoints"][0]["port"], [port["name"] for port in service["spec"]["ports"]])
        self.assertEqual(service["metadata"]["labels"][monitor["jobLabel"]], "onebyone")  # the job of rules and dashboard


class AutoscalerTest(unittest.TestCase):
    def test_the_adapter_makes_the_metrics_that_it_asks_for(self):
        rules = tools.yaml().safe_load((tools.DEPLOY / "kubernetes/prometheus-adapter/rules.yaml").read_text())
        made = {rule["name"]["as"] for rule in rules}
        asked = {metric["pods"]["metric"]["name"] for metric in only(tools.render("base"), "HorizontalPodAutoscaler")["spec"]["metrics"]}
        self.assertEqual(asked, made)

    def test_the_rules_of_the_operator_are_those_of_prometheus(self):
        made = tools.run(tools.DEPLOY / "prometheus/as-prometheus-rule").stdout
        self.assertEqual(made, (tools.DEPLOY / "kubernetes/components/monitoring/prometheus-rule.yaml").read_text())
        groups = [group for name in ("rules.yml", "alerts.yml")
                  for group in tools.yaml().safe_load((tools.DEPLOY / "prometheus" / name).read_text())["groups"]]
        self.assertEqual(tools.yaml().safe_load(made)["spec"]["groups"], groups)


class BulkTest(unittest.TestCase):
    def job(self):
        return only(tools.render("bulk"), "Job")["spec"]

    def test_there_are_as_many_parts_as_completions(self):
        job = self.job()
        self.assertEqual(job["completionMode"], "Indexed")
        index, count = flag(job["template"]["spec"]["containers"][0], "shard").split("/")
        self.assertEqual(int(count), job["completions"])
        environment = {e["name"]: e["valueFrom"]["fieldRef"]["fieldPath"] for e in job["template"]["spec"]["containers"][0]["env"]}
        self.assertEqual(environment[re.fullmatch(r"\$\((\w+)\)", index)[1]],
                         "metadata.annotations['batch.kubernetes.io/job-completion-index']")

    def test_the_client_takes_the_arguments(self):
        client = tools.built("onebyone")
        arguments = self.job()["template"]["spec"]["containers"][0]["args"]
        with tempfile.TemporaryDirectory() as folder:
            def run(*more):
                words = [a.replace("$(SHARD)", "0").replace("dns:///onebyone-headless:50051", "127.0.0.1:1").replace("/maps", folder)
                         .replace("/pictures", str(tools.DEPLOY / "samples")) for a in arguments]
                return tools.run(client, *words, *more, "--deadline=0.2")
            self.assertEqual(run().returncode, 1)           # no server there: nothing is wrong with the words
            self.assertEqual(run("--no-such").returncode, 2)  # what podFailurePolicy calls hopeless


class ComponentTest(unittest.TestCase):
    def test_models_come_from_a_volume_too(self):
        documents = self.with_component("models-volume")
        pod = pod_of(documents)
        self.assertIn({"name": "models", "persistentVolumeClaim": {"claimName": "onebyone-models", "readOnly": True}}, pod["volumes"])
        self.assertIn({"name": "models", "mountPath": flag(pod["containers"][0], "models"), "readOnly": True},
                      pod["containers"][0]["volumeMounts"])

    def test_models_are_copied_to_where_the_server_looks(self):
        pod = pod_of(self.with_component("models-init"))
        self.assertEqual(pod["initContainers"][0]["volumeMounts"][0]["mountPath"], flag(pod["containers"][0], "models"))

    def with_component(self, name):
        kubernetes = tools.DEPLOY / "kubernetes"
        with tempfile.TemporaryDirectory(dir=kubernetes / "overlays", prefix=".test-") as folder:
            with open(folder + "/kustomization.yaml", "w", encoding="utf-8") as file:
                file.write("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../../base]\n"
                           f"components: [../../components/{name}]\n")
            result = tools.run(tools.program("kubectl"), "kustomize", folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        documents = list(tools.yaml().safe_load_all(result.stdout))
        if (tools.TOOLS / "kubernetes-openapi.json").exists():
            schema = StrictSchema(tools.TOOLS / "kubernetes-openapi.json")
            self.assertEqual([error for document in documents for error in schema.errors(document)], [])
        return documents


if __name__ == "__main__":
    unittest.main(verbosity=1)
