import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FieldsOf } from '#base/index.ts';
import { startTestEngine, type TestEngine } from '../../../../../test/make/docker.ts';
import type { EngineShape } from '../../../facts/index.ts';
import { collectEngine, type CollectedEngine } from './collect-engine.ts';

let engine: TestEngine;
let first: CollectedEngine;

beforeAll(async () => {
  engine = await startTestEngine({ store: 'docker' });
  first = await collect();
}, 60_000);
afterAll(() => engine.stop());

async function collect(remembered?: CollectedEngine['remember']): Promise<CollectedEngine> {
  const collected = await collectEngine({ socket: engine.socket, ownPrograms: [], ...(remembered && { remembered }) });
  if (collected === undefined) throw new Error('the engine does not answer');
  return collected;
}

const config = () => join(engine.root, '../daemon.json');
const missingOf = (facts: FieldsOf<EngineShape>) =>
  Object.entries(facts).flatMap(([name, field]) => (field.kind === 'missing' ? [name] : []));

describe('a real engine', () => {
  test('is known, but for what Docker 26 has no setting for', () => {
    expect(missingOf(first.facts)).toEqual(['allow-direct-routing', 'ip-forward-no-drop']);
    expect(first.facts).toMatchObject({
      iptables: { value: false, at: 'dockerd --iptables' },
      'userland-proxy': { value: true, default: 'engine' },
      defaultBridge: { value: { kind: 'none' } },
      apiListeners: { value: [] },
      engineUid: { value: 0 },
      notInForce: { value: [] },
      proxyProcesses: { value: 'none' },
      swarmState: { value: 'inactive' },
    });
    expect(first.facts.runtimes).toMatchObject({
      value: expect.arrayContaining([{ name: 'runc', path: 'runc', sha256: expect.any(String), isOurs: false }]),
    });
  });

  test('that was told to reload has what the event says, not what the file says', async () => {
    await engine.reload({ 'no-new-privileges': true, 'live-restore': true, 'userland-proxy': false });
    await expect
      .poll(async () => (await collect()).facts.liveRestore, { timeout: 10_000 })
      .toMatchObject({ value: true });

    const forgetful = (await collect()).facts;
    expect(forgetful.noNewPrivileges).toMatchObject({ value: false });
    expect(forgetful['userland-proxy']).toMatchObject({ kind: 'missing' });
    expect(forgetful['default-ipc-mode']).toMatchObject({ at: 'event daemon reload default-ipc-mode' });
    expect(forgetful.notInForce).toMatchObject({ value: ['no-new-privileges'] });
    expect(forgetful.configuration).toMatchObject({ kind: 'missing' });

    const mindful = (await collect(first.remember)).facts;
    expect(mindful['userland-proxy']).toMatchObject({ value: true, default: 'engine' });
    expect(mindful.notInForce).toMatchObject({ value: ['no-new-privileges', 'userland-proxy'] });
    expect(mindful.configuration).toEqual(first.facts.configuration);
  });

  test('is not deceived by a file that pretends to be old', async () => {
    await writeFile(config(), '{}');
    await utimes(config(), new Date(0), new Date(0));
    expect((await collect()).facts['userland-proxy']).toMatchObject({ kind: 'missing' });
  });
});
