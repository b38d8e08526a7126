{{- /* Names, labels and settings that several templates share. */ -}}

{{- define "kasm-operator.namespace" -}}
{{ .Values.namespaceOverride | default .Release.Namespace }}
{{- end }}

{{- /* Labels of an object. Call with (dict "root" $ "component" "operator"). */ -}}
{{- define "kasm-operator.labels" -}}
app.kubernetes.io/name: kasm-operator
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: kasm-operator
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "kasm-operator.selector" -}}
app.kubernetes.io/name: kasm-operator
app.kubernetes.io/component: {{ . }}
{{- end }}

{{- /* An image's reference. Call with (dict "image" .Values.image "tag" "used when it names none"). */ -}}
{{- define "kasm-operator.image" -}}
{{- $tag := .image.tag | default .tag -}}
{{- if eq $tag "latest" -}}
{{- fail (printf "%s: name a tag that stays the same image, not latest" .image.repository) -}}
{{- end -}}
{{ .image.repository }}:{{ $tag }}{{ with .image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- /* The operator's settings: the values, and what follows from other values. */ -}}
{{- define "kasm-operator.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- if and .Values.relay.install (not $config.relay.urls) -}}
{{- $urls := list -}}
{{- range .Values.relay.addresses -}}
{{- $host := ternary (printf "[%s]" .) . (contains ":" .) -}}
{{- $urls = concat $urls (list (printf "turn:%s:%d?transport=udp" $host (int $.Values.relay.port)) (printf "turn:%s:%d?transport=tcp" $host (int $.Values.relay.port))) -}}
{{- if $.Values.relay.tls.secretName -}}
{{- $urls = append $urls (printf "turns:%s:%d?transport=tcp" $host (int $.Values.relay.tlsPort)) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $config.relay "urls" $urls -}}
{{- end -}}
{{- if and (ne $config.ingress.kind "off") (not $config.ingress.authUrl) -}}
{{- $_ := set $config.ingress "authUrl" (printf "http://kasm-operator.%s.svc:8080/auth" (include "kasm-operator.namespace" .)) -}}
{{- end -}}
{{ toPrettyJson $config }}
{{- end }}

{{- /* A file of the chart that names the operator's account, with this release's names in it. */ -}}
{{- define "kasm-operator.named" -}}
{{ .root.Files.Get .file | replace "@NAMESPACE@" (include "kasm-operator.namespace" .root) | replace "@SERVICE_ACCOUNT@" .root.Values.serviceAccount.name }}
{{- end }}

{{- /* The templates and users of the values, one JSON document each. */ -}}
{{- define "kasm-operator.objects" -}}
{{- $objects := dict -}}
{{- if .Values.templates.install -}}
{{- range .Values.templates.names -}}
{{- $template := $.Files.Get (printf "files/templates/%s.yaml" .) | fromYaml -}}
{{- if not (hasKey $template "spec") -}}
{{- fail (printf "templates.names: the chart has no template %s" .) -}}
{{- end -}}
{{- if hasPrefix "localhost/kasm-operator/desktop:" $template.spec.image -}}
{{- $_ := set $template.spec "image" $.Values.config.desktopImage -}}
{{- end -}}
{{- if and $.Values.homes.install (hasKey $template.spec.storage "home") (not $template.spec.storage.home.storageClassName) -}}
{{- $_ := set $template.spec.storage.home "storageClassName" "kasm-operator-homes" -}}
{{- end -}}
{{- if $template.spec.gpu.runtimeClassName -}}
{{- if $.Values.templates.gpuRuntimeClassName -}}
{{- $_ := set $template.spec.gpu "runtimeClassName" $.Values.templates.gpuRuntimeClassName -}}
{{- else -}}
{{- $_ := unset $template.spec.gpu "runtimeClassName" -}}
{{- end -}}
{{- end -}}
{{- $_ := set $objects (printf "template-%s.json" .) (toJson $template) -}}
{{- end -}}
{{- end -}}
{{- range .Values.users -}}
{{- $user := dict "apiVersion" "vdi.kasm-operator.io/v1alpha1" "kind" "VDIUser" "metadata" (dict "name" .name) "spec" .spec -}}
{{- $_ := set $objects (printf "user-%s.json" .name) (toJson $user) -}}
{{- end -}}
{{- if .Values.warmPool.enabled -}}
{{- $spec := dict "username" "kasm-operator:warm-pool" "displayName" "Warm pool" "quota" .Values.warmPool.quota -}}
{{- $pool := dict "apiVersion" "vdi.kasm-operator.io/v1alpha1" "kind" "VDIUser" "metadata" (dict "name" "warm-pool") "spec" $spec -}}
{{- $_ := set $objects "user-warm-pool.json" (toJson $pool) -}}
{{- end -}}
{{ toYaml $objects }}
{{- end }}

{{- define "kasm-operator.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "kasm-operator.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
