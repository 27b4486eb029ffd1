{{- define "backend.selector" -}}
app.kubernetes.io/name: backend
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of an object; `component` tells the parts of the chart apart. */}}
{{- define "backend.labels" -}}
app.kubernetes.io/name: {{ .name | default "backend" }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: alder-shop
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{- define "backend.image" -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- end }}

{{- define "backend.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "backend.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Egress to PostgreSQL. */}}
{{- define "backend.databaseEgress" -}}
- to:
    {{- range .Values.network.dataCidrs }}
    - ipBlock:
        cidr: {{ . }}
    {{- end }}
  ports:
    - {protocol: TCP, port: 5432}
{{- end }}

{{/*
A pod that runs one command of the server: `root`, `component`, `args`, `secret`, `account`.
It signs no tokens, so it gets no secret for that, and says so to the server by APP_ENV.
*/}}
{{- define "backend.commandPod" -}}
metadata:
  labels:
    {{- include "backend.labels" (dict "root" .root "component" .component "name" "backend-command") | nindent 4 }}
spec:
  serviceAccountName: {{ .account }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  restartPolicy: Never
  priorityClassName: alder-batch
  securityContext:
    {{- include "backend.podSecurity" .root | nindent 4 }}
  containers:
    - name: {{ .component }}
      image: {{ include "backend.image" .root }}
      args: {{ toJson .args }}
      env:
        - {name: APP_ENV, value: development}
        - {name: LOG_FORMAT, value: json}
        - name: DATABASE_URL
          valueFrom:
            secretKeyRef: {name: {{ .secret }}, key: DATABASE_URL}
      resources:
        requests: {cpu: 50m, memory: 128Mi}
        limits: {memory: 128Mi}
      securityContext:
        {{- include "backend.containerSecurity" .root | nindent 8 }}
{{- end }}
