import { randomUUID } from 'node:crypto';
import { request } from 'node:https';

/** What a cluster knows of its console: how it was connected, and where the webhook is. */
export interface ConnectedCluster {
  readonly port: number;
  /** With the cluster's key. */
  readonly path: string;
  /** PEM. */
  readonly authority: string;
}

/** Asks the webhook as the API server of a cluster does. Answers its reply's `response`. */
export async function askAsApiServer({ port, path, authority }: ConnectedCluster, body: string): Promise<unknown> {
  const sent = request({
    host: '127.0.0.1',
    port,
    path: `${path}?timeout=10s`,
    method: 'POST',
    ca: authority,
    servername: 'seawall-webhook.seawall.svc',
    headers: { 'content-type': 'application/json' },
  });
  return await new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve(JSON.parse(text).response));
    });
    sent.end(body);
  });
}

/** A review of a pod that is to be created, of one container with this image. */
export function podOf(image: string): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: randomUUID(),
      kind: { group: '', version: 'v1', kind: 'Pod' },
      namespace: 'shop',
      name: 'till',
      operation: 'CREATE',
      userInfo: { username: 'ada@surge.example' },
      object: { metadata: {}, spec: { containers: [{ name: 'till', image }] } },
      oldObject: null,
    },
  });
}
