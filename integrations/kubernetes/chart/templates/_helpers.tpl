{{/* All names begin with it, and services ask the most of a name. */}}
{{- define "seawall.name" -}}
{{- $name := .Release.Name }}
{{- if not (contains "seawall" $name) }}{{ $name = printf "%s-seawall" $name }}{{ end }}
{{- if not (regexMatch "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$" $name) }}
{{- fail (printf "The release cannot be called %s: names of its services begin with %s. Use at most 32 letters, digits and hyphens, a letter first." .Release.Name $name) }}
{{- end }}
{{- $name }}
{{- end }}

{{/* What selects pods never changes; the rest tells versions apart. Takes the root and the part: console or agent. */}}
{{- define "seawall.selector" -}}
app.kubernetes.io/name: seawall-{{ .part }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "seawall.labels" -}}
{{ include "seawall.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* Image and pull policy of a container. Takes the root, the image's name, and the digest that is given. */}}
{{- define "seawall.image" -}}
{{- $images := .root.Values.images -}}
{{- $name := printf "seawall/%s" .name -}}
{{- if $images.registry }}{{ $name = printf "%s/%s" $images.registry $name }}{{ end -}}
image: {{ if .digest }}{{ $name }}@{{ .digest }}{{ else }}{{ $name }}:{{ $images.tag | default .root.Chart.AppVersion }}{{ end }}
imagePullPolicy: {{ if $images.registry }}IfNotPresent{{ else }}Never{{ end }}
{{- end }}

{{- define "seawall.joinToken" -}}
{{ .Values.agent.joinToken.existingSecret | default (printf "%s-join-token" (include "seawall.name" .)) }}
{{- end }}

{{/* Of the console of this release: the node resolves no names of services, so it is an address. */}}
{{- define "seawall.consoleOfAgent" -}}
{{- $service := printf "%s-link" (include "seawall.name" .) -}}
{{ .Values.agent.console | default (printf "https://$(%s_SERVICE_HOST):8084" ($service | upper | replace "-" "_")) }}
{{- end }}
