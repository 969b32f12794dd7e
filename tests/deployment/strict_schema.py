"""Checks manifests against Kubernetes' own OpenAPI, strictly: fields that it does not know are errors."""
import json


def _strict(node):
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _strict(value) for key, value in node.items()}
    if node.get("type") == "object" and isinstance(node.get("properties"), dict):
        node.setdefault("additionalProperties", False)
    return node


class StrictSchema:
    def __init__(self, openapi):
        """`openapi`: Kubernetes' swagger.json as published, before clients' generators change it."""
        definitions = json.loads(openapi.read_text(encoding="utf-8"))["definitions"]
        self._kinds = {(kind["group"], kind["version"], kind["kind"]): name for name, definition in definitions.items()
                       for kind in definition.get("x-kubernetes-group-version-kind", [])}
        self._root = {"definitions": _strict(definitions)}
        # Written as strings in the OpenAPI, which YAML need not be.
        machinery = "io.k8s.apimachinery.pkg."
        self._root["definitions"][machinery + "api.resource.Quantity"] = {"type": ["string", "number"]}
        self._root["definitions"][machinery + "util.intstr.IntOrString"] = {"type": ["string", "integer"]}

    def errors(self, document):
        """What is wrong with a document, a line each."""
        import jsonschema

        group, _, version = document["apiVersion"].rpartition("/")
        name = self._kinds.get((group, version, document["kind"]))
        if name is None:
            return [f"{document['apiVersion']} {document['kind']}: no such kind"]
        validator = jsonschema.Draft4Validator({**self._root, "$ref": "#/definitions/" + name})
        return [f"{document['kind']}/{document['metadata']['name']}: {'.'.join(map(str, error.absolute_path))}: {error.message[:150]}"
                for error in validator.iter_errors(document)]
