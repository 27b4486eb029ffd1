//! Faults that the checks have to notice, one or more for each.

use crate::infra::Mutation;

/// What must not pass.
pub const MUTATIONS: &[Mutation] = &[
    // Images.
    Mutation {
        file: "backend/Dockerfile",
        from: "nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f",
        to: "nonroot",
        caught_by: "dockerfiles",
    },
    Mutation {
        file: "backend/Dockerfile",
        from: "USER 65532:65532",
        to: "USER root",
        caught_by: "dockerfiles",
    },
    Mutation {
        file: "frontend/Dockerfile",
        from: "apk add --no-cache",
        to: "apk add",
        caught_by: "dockerfiles",
    },
    Mutation {
        file: "compose.yaml",
        from: "condition: service_healthy",
        to: "condition: healthy",
        caught_by: "compose",
    },
    Mutation {
        file: "compose.yaml",
        from: "redis:7-alpine@sha256:6",
        to: "redis:7-alpine # ",
        caught_by: "compose",
    },
    Mutation { file: "compose.yaml", from: "name: alder-shop", to: "name:  alder-shop", caught_by: "yaml" },
    Mutation {
        file: "backend/Dockerfile",
        from: "/out/backend /backend",
        to: "/out/backend /opt/backend",
        caught_by: "images",
    },
    Mutation {
        file: "backend/Dockerfile",
        from: "rm -rf usr/lib/*-linux-gnu/gconv",
        to: "rm -rf usr/lib/gconv",
        caught_by: "images",
    },
    Mutation {
        file: "backend/Dockerfile",
        from: "COPY --from=root /image/ /\n",
        to: "",
        caught_by: "images",
    },
    Mutation { file: "backend/Dockerfile", from: "EXPOSE 4000", to: "EXPOSE 80", caught_by: "images" },
    Mutation {
        file: "frontend/Dockerfile",
        from: "/policy.conf /srv/policy.conf",
        to: "/policy.conf /srv/csp.conf",
        caught_by: "images",
    },
    Mutation { file: ".dockerignore", from: "!loadtest\n", to: "", caught_by: "images" },
    Mutation { file: ".dockerignore", from: "!migrations\n", to: "", caught_by: "images" },
    // The storefront's server.
    Mutation {
        file: "frontend/server/nginx.conf",
        from: "brotli_static on;",
        to: "brotli_static off;",
        caught_by: "storefront server",
    },
    Mutation {
        file: "frontend/server/nginx.conf",
        from: "immutable",
        to: "must-revalidate",
        caught_by: "storefront server",
    },
    Mutation {
        file: "frontend/server/nginx.conf",
        from: "try_files $uri =404;",
        to: "try_files $uri /index.html;",
        caught_by: "storefront server",
    },
    Mutation {
        file: "frontend/server/nginx.conf",
        from: "~^(200|206|304):.*-",
        to: "~^[0-9]+:.*-",
        caught_by: "storefront server",
    },
    Mutation {
        file: "frontend/server/nginx.conf",
        from: "payment=()",
        to: "payment=(self)",
        caught_by: "storefront server",
    },
    Mutation {
        file: "frontend/server/policy.mjs",
        from: "'wasm-unsafe-eval'${",
        to: "'unsafe-inline'${",
        caught_by: "storefront server",
    },
    Mutation {
        file: "backend/src/http/spa.rs",
        from: "object-src 'none'; \\",
        to: "object-src 'self'; \\",
        caught_by: "storefront server",
    },
    // Charts.
    Mutation {
        file: "charts/backend/templates/service.yaml",
        from: "include \"backend.selector\"",
        to: "include \"backend.selectors\"",
        caught_by: "charts",
    },
    Mutation {
        file: "charts/platform/Chart.yaml",
        from: "version: 1.0.0",
        to: "version: one",
        caught_by: "charts",
    },
    Mutation {
        file: "argocd/envs/prod/backend.yaml",
        from: "digest: sha256:0",
        to: "digest: 0",
        caught_by: "charts",
    },
    Mutation {
        file: "argocd/envs/prod/backend.yaml",
        from: "resources:",
        to: "resource:",
        caught_by: "charts",
    },
    Mutation {
        file: "charts/backend/values.schema.json",
        from: "\"additionalProperties\": false",
        to: "\"additionalProperties\": true",
        caught_by: "refusals",
    },
    Mutation {
        file: "charts/frontend/values.schema.json",
        from: "\"^sha256:[0-9a-f]{64}$\"",
        to: "\"^\"",
        caught_by: "refusals",
    },
    Mutation {
        file: "charts/backend/templates/checks.yaml",
        from: "if gt $connections",
        to: "if lt $connections",
        caught_by: "refusals",
    },
    Mutation {
        file: "charts/frontend/templates/checks.yaml",
        from: "if ge $leaving",
        to: "if gt $leaving",
        caught_by: "refusals",
    },
    Mutation {
        file: "charts/backend/templates/hpa.yaml",
        from: "averageUtilization",
        to: "averageUtilisation",
        caught_by: "objects",
    },
    Mutation {
        file: "charts/backend/templates/deployment.yaml",
        from: "periodSeconds: 10",
        to: "periodSeconds: often",
        caught_by: "objects",
    },
    Mutation {
        file: "charts/platform/templates/nodes.yaml",
        from: "operator: Gt",
        to: "operator: Greater",
        caught_by: "objects",
    },
    Mutation {
        file: "charts/backend/templates/externalsecret.yaml",
        from: "creationPolicy: Owner",
        to: "creationPolicy: Mine",
        caught_by: "objects",
    },
    Mutation {
        file: "charts/frontend/templates/targetgroupbinding.yaml",
        from: "targetGroupName",
        to: "targetGroup",
        caught_by: "objects",
    },
    Mutation {
        file: "argocd/apps/templates/_helpers.tpl",
        from: "selfHeal: true",
        to: "selfHeal: often",
        caught_by: "objects",
    },
    // Fields of other people's kinds, each some way below `spec`.
    field("argocd/apps/templates/_helpers.tpl", "duration: 10s, factor:", "duration: 10s, factors:"),
    field("argocd/apps/templates/projects.yaml", "namespace: observability", "namespaces: observability"),
    field("charts/backend/templates/externalsecret.yaml", "        property:", "        field:"),
    field(
        "charts/backend/templates/targetgroupbinding.yaml",
        "    port: http",
        "    port: http\n    namespace: shop",
    ),
    field("charts/platform/templates/nodes.yaml", "volumeType: gp3", "type: gp3"),
    field("charts/platform/templates/nodes.yaml", "terminationGracePeriod:", "terminationGrace:"),
    field("charts/platform/templates/secretstore.yaml", "      region:", "      regions:"),
    field("argocd/root-project.yaml", "namespace: argocd}", "namespaces: argocd}"),
    // The shop's own rules.
    rule("charts/backend/templates/_helpers.tpl", "@{{ .Values.image.digest }}", ":latest"),
    rule("charts/backend/templates/_helpers.tpl", "runAsUser: 65532", "runAsUser: 0"),
    rule("charts/backend/templates/_helpers.tpl", "runAsNonRoot: true", "runAsNonRoot: false"),
    rule("charts/frontend/templates/_helpers.tpl", "RuntimeDefault", "Unconfined"),
    rule(
        "charts/backend/templates/_helpers.tpl",
        "readOnlyRootFilesystem: true",
        "readOnlyRootFilesystem: false",
    ),
    rule("charts/frontend/templates/_helpers.tpl", "drop: [ALL]", "drop: [NET_RAW]"),
    rule(
        "charts/backend/templates/_helpers.tpl",
        "automountServiceAccountToken: false",
        "automountServiceAccountToken: true",
    ),
    rule("charts/frontend/templates/serviceaccount.yaml", "Token: false", "Token: true"),
    rule("charts/backend/templates/_helpers.tpl", "limits: {memory: 128Mi}", "limits: {memory: 256Mi}"),
    rule(
        "charts/frontend/templates/deployment.yaml",
        "            limits:\n",
        "            limits:\n              cpu: 1\n",
    ),
    rule("charts/backend/templates/deployment.yaml", "maxUnavailable: 0", "maxUnavailable: 1"),
    rule("charts/backend/templates/deployment.yaml", "DoNotSchedule", "ScheduleAnyway"),
    rule("charts/frontend/templates/deployment.yaml", "podAntiAffinity", "podAffinity"),
    rule("charts/backend/templates/deployment.yaml", "path: /ready", "path: /health"),
    rule(
        "charts/frontend/templates/pdb.yaml",
        "frontend.selector\" . | nindent 6",
        "frontend.labels\" (dict \"root\" . \"component\" \"x\") | nindent 6",
    ),
    rule(
        "charts/frontend/templates/networkpolicy.yaml",
        "include \"frontend.selector\" . | nindent 6",
        "print \"a: b\" | nindent 6",
    ),
    rule("charts/backend/templates/hpa.yaml", "  behavior:", "  behaviour:"),
    rule("charts/backend/values.yaml", "maxReplicas: 7", "maxReplicas: 8"),
    rule("charts/backend/values.yaml", "targetCpu: 45", "targetCpu: 80"),
    rule(
        "charts/backend/templates/migrate.yaml",
        "argocd.argoproj.io/sync-wave: \"-2\"",
        "argocd.argoproj.io/sync-wave: \"0\"",
    ),
    rule("charts/backend/templates/maintenance.yaml", "      activeDeadlineSeconds: 300\n", ""),
    rule("charts/platform/templates/namespaces.yaml", "enforce: restricted", "enforce: baseline"),
    rule(
        "charts/platform/templates/namespaces.yaml",
        "policyTypes: [Ingress, Egress]",
        "policyTypes: [Ingress]",
    ),
    rule("argocd/apps/templates/projects.yaml", "    - {group: batch, kind: CronJob}\n", ""),
    rule(
        "argocd/apps/templates/projects.yaml",
        "    - {group: autoscaling, kind: HorizontalPodAutoscaler}\n",
        "    - {group: autoscaling, kind: HorizontalPodAutoscaler}\n    - {group: \"\", kind: Secret}\n",
    ),
    rule("argocd/apps/templates/projects.yaml", "sourceRepos: []", "sourceRepos: ['*']"),
    rule(
        "argocd/apps/templates/applications.yaml",
        "jsonPointers: [/spec/replicas]",
        "jsonPointers: [/spec/paused]",
    ),
    rule("argocd/apps/templates/_helpers.tpl", "ServerSideApply=true", "ServerSideApply=false"),
    rule("argocd/apps/values.yaml", "platform: {wave: -10", "platform: {wave: 20"),
    // The tree of applications.
    Mutation {
        file: "argocd/apps/templates/applications.yaml",
        from: "../../argocd/envs/",
        to: "../argocd/envs/",
        caught_by: "argocd",
    },
    Mutation {
        file: "argocd/envs/prod/root.yaml",
        from: "path: argocd/apps",
        to: "path: argocd/app",
        caught_by: "argocd",
    },
    Mutation {
        file: "argocd/apps/templates/controllers.yaml",
        from: "$values/argocd/install/",
        to: "$values/argocd/installs/",
        caught_by: "argocd",
    },
    // Metrics.
    rule(
        "charts/backend/templates/service.yaml",
        "- {name: http, port: 80, targetPort: http}",
        "- {name: http, port: 80, targetPort: http}\n    - {name: admin, port: 9464, targetPort: admin}",
    ),
    rule(
        "charts/backend/templates/networkpolicy.yaml",
        "- {protocol: TCP, port: 4000}\n    - from:\n        - namespaceSelector:\n",
        "- {protocol: TCP, port: 4000}\n        - {protocol: TCP, port: 9464}\n    - from:\n        - namespaceSelector:\n",
    ),
    rule("charts/backend/templates/targetgroupbinding.yaml", "    port: http", "    port: admin"),
    rule(
        "charts/backend/templates/networkpolicy.yaml",
        "        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: {{ .Values.monitoring.namespace }}\n      ports:\n        - {protocol: TCP, port: {{ .Values.monitoring.port }}}",
        "        - ipBlock: {cidr: 0.0.0.0/0}\n      ports:\n        - {protocol: TCP, port: {{ .Values.monitoring.port }}}",
    ),
    rule(
        "charts/backend/templates/networkpolicy.yaml",
        "      ports:\n        - {protocol: TCP, port: 4000}\n",
        "",
    ),
    rule(
        "charts/backend/templates/configmap.yaml",
        "ADMIN_PORT: {{ .Values.monitoring.port | quote }}",
        "ADMIN_PORT: \"4000\"",
    ),
    Mutation {
        file: "charts/backend/files/alerts.yaml",
        from: "        expr: >-",
        to: "        expression: >-",
        caught_by: "objects",
    },
    Mutation {
        file: "charts/backend/files/dashboard.json",
        from: "\"schemaVersion\": 41,",
        to: "\"schemaVersion\": 41",
        caught_by: "objects",
    },
    Mutation {
        file: "charts/backend/templates/monitoring.yaml",
        from: "path: /metrics",
        to: "paths: [/metrics]",
        caught_by: "objects",
    },
    rule("charts/backend/templates/monitoring.yaml", "port: admin", "port: http"),
    rule(
        "charts/backend/templates/monitoring.yaml",
        "include \"backend.selector\" . | nindent 6",
        "print \"a: b\" | nindent 6",
    ),
    rule("charts/backend/files/dashboard.json", "\"uid\": \"${source}\"", "\"uid\": \"prometheus-1\""),
    // The pods as processes.
    pod("charts/backend/templates/deployment.yaml", "args: [serve]", "args: [server]"),
    pod(
        "charts/backend/templates/deployment.yaml",
        "path: /health, port: http}\n            periodSeconds: 1\n",
        "path: /healthz, port: http}\n            periodSeconds: 1\n",
    ),
    pod("charts/backend/templates/migrate.yaml", "\"args\" (list \"migrate\")", "\"args\" (list \"config\")"),
    pod(
        "charts/backend/templates/migrate.yaml",
        "- secretKey: DATABASE_URL",
        "- secretKey: DATABASE_ADDRESS",
    ),
    pod("charts/backend/templates/externalsecret.yaml", "\"JWT_SECRET\" ", ""),
    pod(
        "charts/backend/templates/_helpers.tpl",
        "readOnlyRootFilesystem: true",
        "readOnlyRootFilesystem: false",
    ),
    pod(
        "charts/backend/templates/_helpers.tpl",
        "{name: APP_ENV, value: development}",
        "{name: LOG_LEVEL, value: info}",
    ),
    pod("charts/backend/values.yaml", "CACHE_MAX_BYTES: \"67108864\"", "CACHE_MAX_BYTES: \"99999999999\""),
    pod("charts/frontend/files/smoke.sh", "'\"database\":\"up\"'", "'\"database\":\"down\"'"),
];

/// A field that is in no schema.
const fn field(file: &'static str, from: &'static str, to: &'static str) -> Mutation {
    Mutation { file, from, to, caught_by: "objects" }
}

/// A fault that the shop's own rules have to notice.
const fn rule(file: &'static str, from: &'static str, to: &'static str) -> Mutation {
    Mutation { file, from, to, caught_by: "rules" }
}

/// A fault that shows when the pods run.
const fn pod(file: &'static str, from: &'static str, to: &'static str) -> Mutation {
    Mutation { file, from, to, caught_by: "rendered deployment runs" }
}
