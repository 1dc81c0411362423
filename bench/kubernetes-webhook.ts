import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { manifestNamed, openTestWebhook } from '../src/admission/console/kubernetes-webhook/testing.ts';
import { webhookService } from '../src/admission/console/kubernetes-webhook/service.ts';
import { recordedReview } from '../src/admission/kubernetes/testing.ts';

/*
 * 1,000 reviews of pods with one of 100 images each, every third of which fails, one after the other over one
 * connection, as an API server asks; verdicts, rules and decisions lie in PostgreSQL. The peer is an HTTPS server of the
 * same certificate that reads the same bodies and answers nothing, asked by turns. Told are the medians, then p99.
 */
const reviews = Number(process.argv[2] ?? 1000);
const images = 100;

const webhook = await openTestWebhook();
const { key, certificate } = webhook.shown;
const empty = createServer({ key, cert: certificate, minVersion: 'TLSv1.3' }, (asked, answer) => {
  asked.on('data', () => {}).on('end', () => answer.end('{}'));
});
await new Promise<void>((resolve) => empty.listen(0, '127.0.0.1', resolve));
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

try {
  for (let image = 0; image < images; image++) {
    const name = nameOf(image);
    await webhook.publish({ name, manifest: manifestNamed(name), version: image % 3 === 0 ? '8.0-1' : '8.1-1' });
  }
  const recorded = JSON.parse(recordedReview('pod-passes').toString());
  const times: { readonly ours: number[]; readonly peer: number[] } = { ours: [], peer: [] };
  let refused = 0;
  for (let number = -50; number < reviews; number++) {
    const name = nameOf(Math.abs(number * 7) % images);
    recorded.request.uid = `bench ${number}`;
    recorded.request.object.spec.containers[0].image = `${name}@${manifestNamed(name)}`;
    const body = JSON.stringify(recorded);
    const peer = await ask((empty.address() as AddressInfo).port, '/', body);
    const ours = await ask(webhook.port, webhook.path, body);
    if (number < 0) continue;
    if (ours.text.includes('"allowed":false')) refused++;
    times.peer.push(peer.milliseconds);
    times.ours.push(ours.milliseconds);
  }
  const stored = (await webhook.decisions(reviews + 50)).length;
  if (stored < reviews || refused < reviews / 4 || refused > reviews / 2)
    throw new Error(`${stored} decisions, ${refused} refused.`);
  for (const [name, part] of [
    ['kubernetes-webhook', 0.5],
    ['kubernetes-webhook p99', 0.99],
  ] as const) {
    const [ours, peer] = [at(times.ours, part), at(times.peer, part)];
    console.log(`${name} ours=${ours.toFixed(2)}ms peer=${peer.toFixed(2)}ms ratio=${(ours / peer).toFixed(2)}`);
  }
} finally {
  agent.destroy();
  empty.close();
  await webhook.close();
}

function nameOf(image: number): string {
  return `registry.example/surge/app-${image}:1`;
}

async function ask(port: number, path: string, body: string) {
  const started = performance.now();
  const text = await new Promise<string>((resolve, reject) => {
    const asked = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        ca: webhook.authority,
        servername: webhookService,
        headers: { 'content-type': 'application/json' },
      },
      (answer) => {
        let got = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (got += chunk)).on('end', () => resolve(got));
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
  return { text, milliseconds: performance.now() - started };
}

function at(numbers: readonly number[], part: number): number {
  return numbers.toSorted((one, other) => one - other)[Math.ceil(numbers.length * part) - 1] ?? Number.NaN;
}
