//! Faults that the checks of this area have to notice.

use crate::infra::Mutation;

pub const MUTATIONS: &[Mutation] = &[
    Mutation {
        file: ".github/workflows/operation.yml",
        from: "inputs.operation }}-${{ github.run_id",
        to: "inputs.operatoin }}-${{ github.run_id",
        caught_by: "actionlint",
    },
    Mutation {
        file: ".github/workflows/cd-apps.yml",
        from: "read -ra images <<< \"$IMAGES\"",
        to: "images=($IMAGES)",
        caught_by: "actionlint",
    },
    Mutation {
        file: ".github/workflows/load-test.yml",
        from: "runs-on: ubuntu-24.04",
        to: "runs_on: ubuntu-24.04",
        caught_by: "workflow-schema",
    },
    Mutation {
        file: ".github/dependabot.yml",
        from: "interval: weekly",
        to: "interval: sometimes",
        caught_by: "workflow-schema",
    },
    Mutation {
        file: ".github/workflows/cd-infra.yml",
        from: "permissions: {}",
        to: "permissions: {contents: read}",
        caught_by: "workflow-rules",
    },
    Mutation {
        file: ".github/workflows/terraform.yml",
        from: "timeout-minutes: 90",
        to: "continue-on-error: false",
        caught_by: "workflow-rules",
    },
    Mutation {
        file: ".github/workflows/ci-infra.yml",
        from: "persist-credentials: false",
        to: "persist-credentials: true",
        caught_by: "workflow-rules",
    },
    Mutation {
        file: ".github/workflows/ci-apps.yml",
        from: "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
        to: "@v7.0.1 # v7.0.1",
        caught_by: "workflow-rules",
    },
    Mutation {
        file: ".github/workflows/ci-apps.yml",
        from: "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
        to: "@f548e57e544e1ff5a4c46bf1e1b8685f8e4a348a # v7.0.1",
        caught_by: "workflow-rules",
    },
    Mutation {
        file: ".github/workflows/deploy-argocd.yml",
        from: "\"--environment=$ENVIRONMENT\"",
        to: "--environment=${{ inputs.environment }}",
        caught_by: "workflow-rules",
    },
    Mutation {
        file: ".github/workflows/ops-pod-restart.yml",
        from: "access: write",
        to: "access: read",
        caught_by: "workflow-rules",
    },
    Mutation {
        file: ".github/workflows/ops-view-pod-logs.yml",
        from: "      lines:",
        to: "      rows:",
        caught_by: "workflow-rules",
    },
    Mutation {
        file: ".github/workflows/ci-apps.yml",
        from: "  pull_request:\n",
        to: "  pull_request_target:\n",
        caught_by: "zizmor",
    },
    Mutation {
        file: ".github/workflows/load-test.yml",
        from: "arguments=(\"$SCENARIO\")",
        to: "arguments=(${{ inputs.scenario }})",
        caught_by: "zizmor",
    },
    Mutation {
        file: "scripts/ops/scale-replicas.sh",
        from: "get deployment \"$deployment\"",
        to: "get deployment $deployment",
        caught_by: "shellcheck",
    },
    Mutation {
        file: "scripts/ops/pod-restart.sh",
        from: "((limit + 10))",
        to: "((limitt + 10))",
        caught_by: "shellcheck",
    },
    Mutation {
        file: ".github/dependabot.yml",
        from: "    directory: /\n",
        to: "    directory: /\n    directory: /\n",
        caught_by: "yamllint",
    },
    // A key in the form of GitHub's, made up; put together so that this file holds none.
    Mutation {
        file: "scripts/ops/lib.sh",
        from: "readonly PROJECT=alder",
        to: concat!("GH_TOKEN=gh", "p_5tR8vK2mXq7LwZ9nB4cJ6hD1sF3gY0aPoUiE"),
        caught_by: "gitleaks",
    },
    Mutation {
        file: "docs/OPERATIONS.md",
        from: "`ops-clear-cache`",
        to: "`ops-empty-cache`",
        caught_by: "docs",
    },
    Mutation { file: "docs/SETUP.md", from: "cargo xtask up", to: "cargo xtask launch", caught_by: "docs" },
    Mutation { file: "docs/DEPLOYMENT.md", from: "](OPERATIONS.md", to: "](OPERATION.md", caught_by: "docs" },
    Mutation {
        file: "scripts/ops/lib.sh",
        from: "(password|passwd|",
        to: "(passwd|",
        caught_by: "redaction",
    },
    Mutation {
        file: "scripts/ops/lib.sh",
        from: "[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3,7}",
        to: "[0-9]{16}",
        caught_by: "redaction",
    },
    Mutation {
        file: "scripts/delivery/terraform.sh",
        from: "if [[ \"$digest\" != \"$4\" ]]; then",
        to: "if false; then",
        caught_by: "delivery-scripts",
    },
    Mutation {
        file: "scripts/delivery/promote.sh",
        from: "expectedHeadOid: $head,",
        to: "expectedHeadOid: \"\",",
        caught_by: "delivery-scripts",
    },
    Mutation {
        file: "scripts/delivery/wait-for-images.sh",
        from: "(.status.updatedReplicas // 0) == .spec.replicas",
        to: "true",
        caught_by: "delivery-scripts",
    },
    // The database's roles, between the script and a real PostgreSQL server.
    Mutation {
        file: "scripts/delivery/database-roles.sh",
        from: "WITH LOGIN NOCREATEDB",
        to: "WITH LOGIN NOSUPERUSER NOCREATEDB",
        caught_by: "delivery-scripts",
    },
    Mutation {
        file: "scripts/delivery/database-roles.sh",
        from: "PASSWORD '$verifier'",
        to: "PASSWORD '${BASH_REMATCH[1]}'",
        caught_by: "delivery-scripts",
    },
    Mutation {
        file: "scripts/delivery/database-roles.sh",
        from: "'GRANT USAGE ON SCHEMA public TO shop_app'",
        to: "'GRANT USAGE, CREATE ON SCHEMA public TO shop_app'",
        caught_by: "delivery-scripts",
    },
    Mutation {
        file: "scripts/delivery/scram.py",
        from: "b\"Client Key\"",
        to: "b\"Client key\"",
        caught_by: "delivery-scripts",
    },
    Mutation {
        file: "scripts/ops/clear-cache.sh",
        from: "/backend cache flush \"${OPTION[namespace]}\"",
        to: "/backend cache flush all",
        caught_by: "operations",
    },
    Mutation {
        file: "scripts/ops/argocd-sync.sh",
        from: " and $s.health.status == \"Healthy\"",
        to: "",
        caught_by: "operations",
    },
    Mutation {
        file: "scripts/ops/lib.sh",
        from: "=~ ^(${pattern[$name]})$ ]]",
        to: "=~ ${pattern[$name]} ]]",
        caught_by: "operations",
    },
    Mutation {
        file: "scripts/ops/cost-park.sh",
        from: "environment demo\n",
        to: "environment demo|prod\n",
        caught_by: "operations",
    },
    Mutation {
        file: "docs/OPERATIONS.md",
        from: "### backend-slow",
        to: "### backend-is-slow",
        caught_by: "docs",
    },
];
