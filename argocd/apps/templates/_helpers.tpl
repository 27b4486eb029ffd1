{{/* What every application shares: it follows the repository by itself and mends what others change. */}}
{{- define "apps.policy" -}}
destination:
  server: https://kubernetes.default.svc
  namespace: {{ .namespace }}
revisionHistoryLimit: 10
syncPolicy:
  automated:
    prune: true
    selfHeal: true
  retry:
    limit: 5
    backoff: {duration: 10s, factor: 2, maxDuration: 3m}
  syncOptions:
    - ServerSideApply=true
    - RespectIgnoreDifferences=true
    - CreateNamespace={{ .createNamespace }}
{{- end }}

{{- define "apps.metadata" -}}
name: {{ .name }}
namespace: argocd
labels:
  app.kubernetes.io/part-of: alder-shop
  alder/environment: {{ .environment }}
annotations:
  argocd.argoproj.io/sync-wave: {{ .wave | quote }}
  # The API server says what would change, so that defaults which it fills in are no difference.
  argocd.argoproj.io/compare-options: ServerSideDiff=true
{{- end }}
