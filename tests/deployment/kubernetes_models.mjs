// Validates documents (JSON, from standard input: an array) by npm's kubernetes-models, which knows enumerations and the kinds of the
// Prometheus operator. Prints an array of errors. Run in the folder whose node_modules it uses.
import path from "node:path";
import { pathToFileURL } from "node:url";

async function model(document) {
  const operator = document.apiVersion.startsWith("monitoring.coreos.com/");
  const home = operator ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
  const file = path.join(process.cwd(), "node_modules", home, document.apiVersion, `${document.kind}.js`);
  return (await import(pathToFileURL(file)))[document.kind];
}

let text = "";
for await (const piece of process.stdin) text += piece;
const errors = [];
for (const document of JSON.parse(text)) {
  try {
    const Model = await model(document);
    new Model(document).validate();
  } catch (error) {
    errors.push(`${document.kind}/${document.metadata.name}: ${error.message}`);
  }
}
console.log(JSON.stringify(errors));
