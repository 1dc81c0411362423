import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import { debianPackage, imageScan, publishTo } from '#catalog/console/testing.ts';
import { agentOf, imageFact, tell } from '#inventory/console/testing.ts';
import * as api from '../contract.ts';
import { openTestRuntime, type TestRuntime } from './testing.ts';

describe('witnesses that disagree', () => {
  let seawall: TestRuntime;
  beforeAll(async () => {
    seawall = await openTestRuntime();
  });
  afterAll(async () => await seawall.close());

  /** One scan finds the packages, another witness's finds none. */
  async function disagreeAbout(content: string, names: readonly string[]): Promise<ScanOfSubject> {
    const found = imageScan({ content, names, packages: [debianPackage('curl', '8.0-1')] });
    await publishTo(seawall.store, found, { clock: seawall.now });
    const witness = { kind: 'user', id: 'bob', name: 'bob' } as const;
    return await publishTo(seawall.store, imageScan({ content, names, packages: [] }), { clock: seawall.now, witness });
  }

  test('are one incident in each environment where the image lies, told once', async () => {
    const { subject } = await disagreeAbout('web', ['shop/web:1']);
    for (const host of ['prod-1', 'prod-2', 'test-1'])
      await tell(seawall.store, agentOf(host, host.slice(0, 4)), {
        kind: 'image',
        bodies: [imageFact('shop/web:1', { id: subject, subject })],
      });
    await seawall.runtime.tellDisagreement({ subject });
    await seawall.runtime.tellDisagreement({ subject });
    const { incidents } = await seawall.ask(api.listIncidents, { query: { image: subject } });
    expect(incidents).toMatchObject([
      { environment: 'test', host: 'test-1', detections: 1, severity: 'high' },
      { environment: 'prod', host: 'prod-1', detections: 1, container: { name: 'shop/web:1' } },
    ]);
    const { detections } = await seawall.ask(api.getIncident, { params: { id: incidents[0]?.id ?? 0 } });
    expect(detections[0]?.seen).toContain('curl');
  });

  test('end as incidents when they agree, and are told again when they differ again', async () => {
    const { subject } = await disagreeAbout('api', ['shop/api:1']);
    await tell(seawall.store, agentOf('prod-1', 'prod'), {
      kind: 'image',
      bodies: [imageFact('shop/api:1', { id: subject, subject })],
    });
    await seawall.runtime.tellDisagreement({ subject });
    const listed = async () => (await seawall.ask(api.listIncidents, { query: { image: subject } })).incidents;
    expect(await listed()).toMatchObject([{ state: 'open' }]);
    const same = imageScan({ content: 'api', names: ['shop/api:1'], packages: [debianPackage('curl', '8.0-1')] });
    const witness = { kind: 'user', id: 'bob', name: 'bob' } as const;
    await publishTo(seawall.store, same, { clock: seawall.now, witness });
    await seawall.runtime.tellDisagreement({ subject });
    expect(await listed()).toMatchObject([{ state: 'closed', acknowledged: { by: 'console' } }]);
    await disagreeAbout('api', ['shop/api:1']);
    await seawall.runtime.tellDisagreement({ subject });
    expect((await listed()).map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  test('are no incident where the image lies nowhere', async () => {
    const { subject } = await disagreeAbout('job', []);
    await seawall.runtime.tellDisagreement({ subject });
    expect(await seawall.ask(api.listIncidents, { query: { image: subject } })).toMatchObject({ total: 0 });
  });
});
