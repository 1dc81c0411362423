import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { listCollections, listUsers, verifyAudit } from '#access/contract.ts';
import { listVulnerabilities, listImages } from '#explorer/contract.ts';
import { call, type CallOptions } from '#http/index.ts';
import { listContainers, listHosts } from '#inventory/contract.ts';
import { createJoinToken, listAgents } from '#link/contract.ts';
import { listPolicies } from '#policy/contract.ts';
import {
  readRecorded,
  type RecordedAgent,
  type RecordedStore,
  restoreStore,
  sendRecorded,
} from '../versions/recorded.ts';
import { freePort } from './make-scan.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';

const versions = readdirSync(join(import.meta.dirname, '../versions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe.each(versions)('what version %s left', (version) => {
  const closers: (() => unknown)[] = [];
  afterAll(async () => {
    for (const one of closers.toReversed()) await one();
  });

  async function consoleOn(state: string, linkPort: number): Promise<CallOptions & { readonly console: RealConsole }> {
    const console = await startConsole({ state, linkPort });
    closers.push(() => console.end('SIGTERM'));
    return { console, baseUrl: console.origin, token: await newToken(state, 'test', 'administrator') };
  }

  test('in its store is served: images with verdicts, findings, rules, people, and an audit trail that verifies', async () => {
    const { folder, remove } = makeStateFolder();
    closers.push(remove);
    await restoreStore(readRecorded<RecordedStore>(version, 'store'), folder);
    const options = await consoleOn(folder, await freePort());
    const { images } = await call(listImages, { query: {} }, options);
    expect(images.map(({ names }) => names)).toContainEqual(['surge/tide:1']);
    expect(images.find(({ names }) => names.includes('surge/tide:1'))?.verdict).toBeDefined();
    const { vulnerabilities } = await call(listVulnerabilities, { query: { environment: 'prod' } }, options);
    expect(vulnerabilities.map(({ id }) => id)).toContain('CVE-2024-4603');
    expect((await call(listUsers, {}, options)).users.map(({ name }) => name).toSorted()).toEqual(['Rita', 'admin']);
    expect((await call(listCollections, {}, options)).collections.map(({ id }) => id)).toContain('prod');
    expect((await call(listPolicies, {}, options)).policies.map(({ policy }) => policy.id)).toContain('prod-gate');
    expect(await call(verifyAudit, {}, options)).toMatchObject({ state: 'intact' });
    expect((await call(listHosts, {}, options)).hosts).toMatchObject([{ name: 'quay', environment: 'prod' }]);
  });

  test('its agents sent is taken', async () => {
    const { folder, remove } = makeStateFolder();
    closers.push(remove);
    const linkPort = await freePort();
    const options = await consoleOn(folder, linkPort);
    const { secret } = await call(createJoinToken, { body: { name: 'quay', environments: ['prod'] } }, options);
    const stateFolder = join(folder, 'quay');
    mkdirSync(stateFolder);
    const to = { consoleUrl: `https://127.0.0.1:${linkPort}`, token: secret, stateFolder };
    await sendRecorded(readRecorded<RecordedAgent>(version, 'agent'), to);
    expect((await call(listHosts, {}, options)).hosts).toMatchObject([{ name: 'quay', environment: 'prod' }]);
    const { containers } = await call(listContainers, { query: { host: 'quay' } }, options);
    expect(containers.map(({ name }) => name)).toContain('tide');
    const { agents } = await call(listAgents, {}, options);
    expect(agents).toMatchObject([{ name: 'quay', lost: 0 }]);
    expect(agents[0]?.refused).toBeUndefined();
    await expect
      .poll(async () => (await call(listImages, { query: { search: 'tide' } }, options)).total, { timeout: 30_000 })
      .toBe(1);
  });
});
