// Checks custom resources against the schemas that their makers' definitions have: node custom.mjs MODULES OBJECTS
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, objects] = process.argv.slice(2);
const require = createRequire(join(modules, "any.js"));

// External Secrets' package knows v1beta1, whose fields v1 has kept.
const packages = {
  "argoproj.io/v1alpha1": "@kubernetes-models/argo-cd/argoproj.io/v1alpha1",
  "external-secrets.io/v1": "@kubernetes-models/external-secrets/external-secrets.io/v1beta1",
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

async function check({ apiVersion, kind, ...rest }) {
  if (kind === "TargetGroupBinding") {
    const ajv = new (require("ajv").default)({ allowUnionTypes: true });
    if (!ajv.validate(targetGroupBinding, rest.spec)) throw new Error(ajv.errorsText());
    return;
  }
  const file = join(modules, packages[apiVersion] ?? `no package for ${apiVersion}`, "index.js");
  const models = await import(pathToFileURL(file));
  new models[kind](rest).validate();
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
