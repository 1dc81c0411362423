import { describe, expect, test } from 'vitest';
import { AppError } from '#base/index.ts';
import { documentDigest } from '#catalog/index.ts';
import { ScanPublication } from '#catalog/contract.ts';
import { deliverScan } from './scan-delivery.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const publication = ScanPublication.parse({
  target: 'docker:web',
  subject: {
    kind: 'image',
    digest,
    manifestDigest: `sha256:${'b'.repeat(64)}`,
    platform: { os: 'linux', architecture: 'amd64' },
    names: ['web:1'],
    layers: [],
    history: [],
    settings: { entrypoint: [], command: [], exposedPorts: [], healthcheck: false, labels: {} },
  },
  catalog: { packages: [], faults: [], analyzers: [] },
  scannedAt: '2026-11-24T11:00:00Z',
  scanner: { name: 'seawall', version: '0', host: 'pier-1' },
});
const own = documentDigest(publication.subject, publication.catalog);

/** What the agent sends to a console that answers so. */
async function sentTo(answer: () => Promise<{ readonly lacking: readonly string[] }>) {
  const sent: { kind: string; body: unknown }[] = [];
  const asked: unknown[] = [];
  const call = async (_: unknown, input: unknown) => {
    asked.push(input);
    return await answer();
  };
  const send = async (kind: string, body: unknown) => void sent.push({ kind, body });
  await deliverScan({ call, send } as never, publication);
  return { sent, asked };
}

describe('an agent that scanned', () => {
  test('asks by the digest of the document, and sends it when it is lacking', async () => {
    const { sent, asked } = await sentTo(async () => ({ lacking: [own] }));
    expect(asked).toEqual([{ body: { documents: [{ subject: digest, digest: own }] } }]);
    expect(sent).toEqual([{ kind: 'scan', body: publication }]);
  });

  test('sends only that it found the same when the console has it', async () => {
    const { sent } = await sentTo(async () => ({ lacking: [] }));
    expect(sent).toMatchObject([
      { kind: 'scan-same', body: { subject: digest, digest: own, names: ['web:1'], target: 'docker:web' } },
    ]);
    expect(sent[0]?.body).not.toHaveProperty('catalog');
  });

  test('sends all of it to a console that does not answer', async () => {
    const { sent } = await sentTo(async () => {
      throw new AppError('not-found', 'There is nothing at this address.');
    });
    expect(sent).toEqual([{ kind: 'scan', body: publication }]);
  });
});
