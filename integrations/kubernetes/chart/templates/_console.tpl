{{- define "seawall.consoleImage" -}}
{{- if .Values.console.database.existingSecret -}}
{{ include "seawall.image" (dict "root" . "name" "console-without-database" "digest" .Values.images.digests.consoleWithoutDatabase) }}
{{- else -}}
{{ include "seawall.image" (dict "root" . "name" "console" "digest" .Values.images.digests.console) }}
{{- end -}}
{{- end }}

{{/* What the console is told and may do, and what it finds where; the same for a restore. */}}
{{- define "seawall.consolePlace" -}}
{{- $console := .Values.console -}}
env:
  - name: SEAWALL_ORIGIN
    value: {{ $console.origin | default "http://127.0.0.1:8083" | quote }}
  {{- with $console.trustProxy }}
  - name: SEAWALL_TRUST_PROXY
    value: {{ join "," . | quote }}
  {{- end }}
  {{- with $console.database.existingSecret }}
  - name: SEAWALL_DATABASE_URL
    valueFrom:
      secretKeyRef:
        name: {{ . }}
        key: {{ $console.database.key }}
  {{- end }}
  {{- if $console.masterKey.existingSecret }}
  - name: SEAWALL_KEY_FILE
    value: /run/secrets/seawall/master/master.key
  {{- end }}
  {{- if $console.feeds.existingClaim }}
  - name: SEAWALL_FEEDS
    value: /feeds
  {{- end }}
  {{- if $console.backup.existingClaim }}
  - name: SEAWALL_BACKUP_DIR
    value: /backups
  - name: SEAWALL_BACKUP_KEY_FILE
    value: /run/secrets/seawall/backup/backup.key
  - name: SEAWALL_BACKUP_AT
    value: {{ $console.backup.at | quote }}
  - name: SEAWALL_BACKUP_KEEP
    value: {{ $console.backup.keep | quote }}
  {{- end }}
resources:
  {{- toYaml $console.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: data
    mountPath: /var/lib/seawall
  - name: tmp
    mountPath: /tmp
  {{- if $console.masterKey.existingSecret }}
  - name: master-key
    mountPath: /run/secrets/seawall/master
    readOnly: true
  {{- end }}
  {{- if $console.feeds.existingClaim }}
  - name: feeds
    mountPath: /feeds
    readOnly: true
  {{- end }}
  {{- if $console.backup.existingClaim }}
  - name: backups
    mountPath: /backups
  - name: backup-key
    mountPath: /run/secrets/seawall/backup
    readOnly: true
  {{- end }}
{{- end }}
