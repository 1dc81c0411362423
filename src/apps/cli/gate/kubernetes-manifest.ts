import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parseAllDocuments } from 'yaml';

/** What the manifest is filled in with. */
export interface ManifestSettings {
  /** With the key of the cluster. */
  readonly path: string;
  /** PEM. */
  readonly authority: string;
  /** Where a console outside of the cluster is asked; missing: its service in the cluster. */
  readonly url?: string;
  /** Of that service. */
  readonly port: number;
  /** The service that stands in the cluster already, as the chart makes one; missing: the manifest makes it. */
  readonly service?: { readonly namespace: string; readonly name: string };
  readonly failurePolicy: 'Fail' | 'Ignore';
  /** Namespaces about which nothing is asked, besides the console's own. */
  readonly leftOut: readonly string[];
}

const webhook = ['webhooks', 0] as const;

/** `integrations/kubernetes/webhook.yaml` for one cluster, as YAML. */
export function filledManifest(checkout: string, settings: ManifestSettings): string {
  const text = readFileSync(join(checkout, 'integrations/kubernetes/webhook.yaml'), 'utf8');
  const documents = parseAllDocuments(text) as readonly Document.Parsed[];
  return documents
    .flatMap((document) => filled(document, settings) ?? [])
    .map((document) => document.toString({ lineWidth: 0 }).replace(/^---\n/, ''))
    .join('---\n');
}

function filled(document: Document.Parsed, settings: ManifestSettings): Document.Parsed | undefined {
  const { path, authority, url, port, service, failurePolicy, leftOut } = settings;
  switch (document.get('kind')) {
    case 'Service':
      if (url !== undefined || service !== undefined) return undefined;
      document.setIn(['spec', 'ports', 0, 'targetPort'], port);
      return document;
    case 'ValidatingWebhookConfiguration':
      if (url === undefined) document.setIn([...webhook, 'clientConfig', 'service', 'path'], path);
      else {
        document.deleteIn([...webhook, 'clientConfig', 'service']);
        document.setIn([...webhook, 'clientConfig', 'url'], `${url}${path}`);
      }
      if (service !== undefined) pointTo(document, service);
      document.setIn([...webhook, 'clientConfig', 'caBundle'], Buffer.from(authority).toString('base64'));
      document.setIn([...webhook, 'failurePolicy'], failurePolicy);
      for (const [index, namespace] of leftOut.entries())
        document.setIn([...webhook, 'namespaceSelector', 'matchExpressions', 0, 'values', index + 1], namespace);
      return document;
    default:
      return url === undefined && service === undefined ? document : undefined;
  }
}

/** Consoles of one cluster have configurations of their own, and each leaves its own namespace out. */
function pointTo(document: Document.Parsed, { namespace, name }: NonNullable<ManifestSettings['service']>): void {
  document.setIn(['metadata', 'name'], `${name}.${namespace}`);
  document.setIn([...webhook, 'clientConfig', 'service', 'namespace'], namespace);
  document.setIn([...webhook, 'clientConfig', 'service', 'name'], name);
  document.setIn([...webhook, 'namespaceSelector', 'matchExpressions', 0, 'values', 0], namespace);
}
