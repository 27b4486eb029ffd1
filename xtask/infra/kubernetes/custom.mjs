// Checks custom resources against the schemas that their makers' definitions have: node custom.mjs MODULES OBJECTS
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, objects] = process.argv.slice(2);
const require = createRequire(join(modules, "any.js"));

const packages = {
  "argoproj.io/v1alpha1": "@kubernetes-models/argo-cd/argoproj.io/v1alpha1",
  "external-secrets.io/v1": "@kubernetes-models/external-secrets/external-secrets.io/v1",
  "karpenter.k8s.aws/v1": "@kubernetes-models/karpenter/karpenter.k8s.aws/v1",
  "karpenter.sh/v1": "@kubernetes-models/karpenter/karpenter.sh/v1",
  "monitoring.coreos.com/v1": "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
};

// No package has this one; after the definition in version 3.5 of the controller.
const targetGroupBinding = {
  type: "object",
  additionalProperties: false,
  required: ["serviceRef"],
  properties: {
    serviceRef: {
      type: "object",
      additionalProperties: false,
      required: ["name", "port"],
      properties: { name: { type: "string" }, port: { type: ["integer", "string"] } },
    },
    targetGroupName: { type: "string", minLength: 1 },
    targetType: { enum: ["instance", "ip"] },
  },
};

// The packages lose everything that is called a description, even a field.
const known = new Set(["AppProject: spec.description"]);
// The chart's own schema knows what is in these.
const values = new Set(["Application: spec.source.helm.valuesObject"]);

// The packages' schemas are compiled, and let unknown fields pass. But what they know, they read: a field that was not read
// while its object was checked is known to none of them.
function watched(value, path, unread) {
  if (value === null || typeof value !== "object") return value;
  const inside = {};
  for (const [name, part] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`;
    if (!known.has(place)) unread.add(place);
    inside[name] = values.has(place) ? part : watched(part, place, unread);
  }
  return new Proxy(value, {
    get(target, name) {
      if (typeof name === "symbol" || !Object.hasOwn(inside, name)) return Reflect.get(target, name);
      unread.delete(Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`);
      return inside[name];
    },
  });
}

async function check({ apiVersion, kind, metadata, spec, ...others }) {
  const unread = new Set(Object.keys(others));
  if (kind === "TargetGroupBinding") {
    const ajv = new (require("ajv").default)({ allowUnionTypes: true });
    if (!ajv.validate(targetGroupBinding, spec)) throw new Error(ajv.errorsText());
  } else {
    const file = join(modules, packages[apiVersion] ?? `no package for ${apiVersion}`, "index.js");
    const models = await import(pathToFileURL(file));
    const model = new models[kind]({ metadata, spec });
    model.spec = watched(model.spec, `${kind}: spec`, unread);
    model.validate();
  }
  if (unread.size > 0) throw new Error(`unknown fields: ${[...unread].join(", ")}`);
}

let failed = false;
for (const { label, object } of JSON.parse(await readFile(objects, "utf8"))) {
  try {
    await check(object);
  } catch (error) {
    failed = true;
    console.log(`${label}: ${error.message}`);
  }
}
process.exit(failed ? 1 : 0);
