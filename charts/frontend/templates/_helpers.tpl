{{- /* The server's chart has twins of these. A library chart would be longer, and to be built before every rendering. */}}
{{- define "frontend.selector" -}}
app.kubernetes.io/name: frontend
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of an object; `component` tells the parts of the chart apart. */}}
{{- define "frontend.labels" -}}
app.kubernetes.io/name: {{ .name | default "frontend" }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: alder-shop
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{- define "frontend.image" -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- end }}

{{- define "frontend.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "frontend.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* A pod that asks the shop what a shopper's browser asks first. The image of the storefront has a shell and wget. */}}
{{- define "frontend.smokePod" -}}
metadata:
  labels:
    {{- include "frontend.labels" (dict "root" . "component" "smoke" "name" "smoke") | nindent 4 }}
spec:
  serviceAccountName: frontend
  automountServiceAccountToken: false
  enableServiceLinks: false
  restartPolicy: Never
  priorityClassName: alder-batch
  securityContext:
    {{- include "frontend.podSecurity" . | nindent 4 }}
  containers:
    - name: smoke
      image: {{ include "frontend.image" . }}
      command: [sh, -c]
      args:
        - {{ .Files.Get "files/smoke.sh" | toJson }}
      env:
        - {name: BACKEND, value: "http://backend"}
        - {name: FRONTEND, value: "http://frontend"}
      resources:
        requests: {cpu: 20m, memory: 32Mi}
        limits: {memory: 32Mi}
      securityContext:
        {{- include "frontend.containerSecurity" . | nindent 8 }}
{{- end }}
