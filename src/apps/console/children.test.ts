import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admissionHandlers } from '#admission/console/index.ts';
import { catalogHandlers } from '#catalog/console/index.ts';
import { complianceHandlers } from '#compliance/console/index.ts';
import { packTask } from '#catalog/console/tasks.ts';
import { gateHandlers } from '#gate/console/index.ts';
import type { BodyInput } from '#http/console/tasks.ts';
import { type ChildPool } from '#http/console/index.ts';
import { inventoryHandlers } from '#inventory/console/index.ts';
import { runtimeHandlers } from '#runtime/console/index.ts';
import { isAppError, systemClock } from '#base/index.ts';
import { agentBatch, childTasks, factPreparers } from './child-tasks.ts';
import { openChildren } from './children.ts';

const caller = { caller: 'token 1' };
const mebibyte = 1024 * 1024;

describe('the console’s child processes', () => {
  let pool: ChildPool;
  beforeAll(() => void (pool = openChildren()));
  afterAll(() => pool.close());

  const principal = { kind: 'token', id: 'ci', name: 'ci', permissions: ['publish'] } as const;
  const input = (text: string, more: Partial<BodyInput['sent']> = {}): BodyInput => ({
    principal,
    sent: { bytes: gzipSync(text), encoding: 'gzip', limit: 128 * mebibyte, ...more },
  });
  const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
    const error = await work.then(
      () => 'done',
      (failure: unknown) => failure,
    );
    return isAppError(error) ? { code: error.code, message: error.message } : error;
  };
  const package_ = (n: number) => ({
    type: 'deb',
    name: `p${n}`,
    version: '1',
    purl: `pkg:deb/p${n}@1`,
    licenses: [],
    layer: 0,
    paths: [],
    files: ['usr/bin/x', 'usr/bin/y'],
    foundBy: { analyzer: 'dpkg', evidence: 'status' },
  });
  const publication = (packages: unknown) => ({
    target: 'dir:/',
    subject: { kind: 'file-system', id: 'host:web', name: 'web', path: '/' },
    catalog: { packages, faults: [], analyzers: [{ id: 'dpkg', version: 1 }] },
    scannedAt: '2026-11-24T12:00:00Z',
    scanner: { name: 'seawall', version: '0', host: 'web' },
  });
  const batch = (facts: readonly unknown[]) => ({
    introduction: { protocol: 1, host: 'web', instance: 'default', version: '0.1.0' },
    epoch: randomUUID(),
    sequence: 1,
    sentAt: '2026-11-24T12:00:00Z',
    lost: 0,
    facts,
  });
  const fact = (kind: string, body: unknown) => ({ kind, at: '2026-11-24T12:00:00Z', body });

  it('have a preparer for each kind of fact that the console takes', () => {
    const handlers = {
      ...inventoryHandlers,
      ...catalogHandlers({ receiveScans: async () => undefined, receiveSameScans: async () => undefined }),
      ...complianceHandlers,
      ...admissionHandlers,
      ...gateHandlers,
      ...runtimeHandlers({ store: undefined as never, clock: systemClock, bucketSeconds: 3600 }),
    };
    expect(Object.keys(factPreparers).toSorted()).toEqual(Object.keys(handlers).toSorted());
    expect(new Set(childTasks.map(({ name }) => name)).size).toBe(childTasks.length);
  });

  it('pack a publication, and give small values back', async () => {
    const packages = Array.from({ length: 20_000 }, (_, n) => package_(n));
    const packed = await pool.run(packTask, input(JSON.stringify(publication(packages))), caller);
    expect(packed).toMatchObject({ subject: 'host:web', columns: { packages: 20_000, target: 'dir:/' } });
    expect(packed.document.length).toBeLessThan(mebibyte);
  });

  it.each([
    ['empty objects in the place of packages', `[${'{},'.repeat(190_000)}{}]`, 'catalog.packages.0.type'],
    ['too many of them', `[${'{},'.repeat(1_000_000)}{}]`, 'catalog.packages: Too many: 1000001'],
    [
      'one bad package at the end of many',
      `[${`${JSON.stringify(package_(1))},`.repeat(50_000)}{}]`,
      'catalog.packages.50000.type',
    ],
  ])('refuse %s with the first that is wrong', async (_, packages, message) => {
    const text = JSON.stringify(publication('PACKAGES')).replace('"PACKAGES"', packages);
    expect(await failureOf(pool.run(packTask, input(text), caller))).toEqual({
      code: 'bad-request',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['packTask', packTask],
    ['agentBatch', agentBatch],
  ] as const)('end at a bomb for %s with an error, and go on', async (_, task) => {
    const bomb = input(`[${'[],'.repeat(20_000_000)}[]]`);
    expect(await failureOf(pool.run<BodyInput, unknown>(task, bomb, caller))).toMatchObject({ code: 'too-costly' });
    expect(await pool.run(agentBatch, input(JSON.stringify(batch([]))), caller)).toMatchObject({ facts: [] });
  });

  it('prepare the facts of a batch, and mark those alone that cannot be read', async () => {
    const facts = [
      fact('scan', publication([package_(1)])),
      fact('scan', publication([{}])),
      fact('present', { images: 7 }),
      fact('superseded', null),
      fact('new-kind', 'x'.repeat(2 * mebibyte)),
      fact('new-kind', { n: 1 }),
    ];
    const prepared = await pool.run(agentBatch, input(JSON.stringify(batch(facts))), caller);
    expect(prepared.facts.map(({ kind, fault }) => [kind, fault === undefined])).toEqual([
      ['scan', true],
      ['scan', false],
      ['present', false],
      ['superseded', true],
      ['new-kind', false],
      ['new-kind', true],
    ]);
    expect(prepared.facts[0]?.body).toMatchObject({ subject: 'host:web', columns: { packages: 1 } });
    expect(prepared.facts[5]?.body).toEqual({ n: 1 });
    expect(String(prepared.facts[4]?.body).length).toBe(8192);
  });

  it('take a batch with as many facts as are allowed, and none with one more', async () => {
    const many = (n: number) => input(JSON.stringify(batch(Array.from({ length: n }, () => fact('superseded', null)))));
    expect((await pool.run(agentBatch, many(10_000), caller)).facts.length).toBe(10_000);
    expect(await failureOf(pool.run(agentBatch, many(10_001), caller))).toMatchObject({ code: 'bad-request' });
  });

  it('hand over no more characters of facts than twice what an agent sends at once', async () => {
    const detection = (n: number) => fact('new-kind', `${n}${'x'.repeat(mebibyte - 100)}`);
    const sent = batch(Array.from({ length: 20 }, (_, n) => detection(n)));
    const { facts } = await pool.run(agentBatch, input(JSON.stringify(sent)), caller);
    expect(facts.map(({ fault }) => fault === undefined).lastIndexOf(true)).toBe(15);
  });
});
