import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import { chooseAnew, debianPackage, imageScan, publishTo } from '#catalog/console/testing.ts';
import { agentOf, imageFact, reportAs } from '#inventory/console/testing.ts';
import * as api from '../contract.ts';
import { openTestRuntime, type TestRuntime } from './testing.ts';

describe('publishers that differ', () => {
  let seawall: TestRuntime;
  beforeAll(async () => {
    seawall = await openTestRuntime();
  });
  afterAll(async () => await seawall.close());

  const agents = { 'prod-1': agentOf('prod-1', 'prod'), 'prod-2': agentOf('prod-2', 'prod') };

  /** Two hosts of prod hold the image: one finds the packages, the other none. */
  async function differIn(content: string, names: readonly string[]): Promise<ScanOfSubject> {
    const found = imageScan({ content, names, packages: [debianPackage('curl', '8.0-1')] });
    const empty = imageScan({ content, names, packages: [] });
    const first = await publishBy('prod-1', found);
    await publishBy('prod-2', empty);
    return first;
  }

  async function publishBy(host: keyof typeof agents, publication: ReturnType<typeof imageScan>) {
    const publisher = { kind: 'agent', id: agents[host].id, name: host } as const;
    return await publishTo(seawall.store, publication, { clock: seawall.now, publisher });
  }

  test('are one incident in each environment where the image lies, told once', async () => {
    const { subject } = await differIn('web', ['shop/web:1']);
    for (const host of ['prod-1', 'prod-2', 'test-1'])
      await reportAs(seawall.store, agentOf(host, host.slice(0, 4)), {
        kind: 'image',
        bodies: [imageFact('shop/web:1', { id: subject, subject })],
      });
    await chooseAnew(seawall.store, subject);
    await seawall.runtime.reportDifference({ subject });
    await seawall.runtime.reportDifference({ subject });
    const { incidents } = await seawall.ask(api.listIncidents, { query: { image: subject } });
    expect(incidents).toMatchObject([
      { environment: 'test', host: 'test-1', detections: 1, severity: 'high' },
      { environment: 'prod', host: 'prod-1', detections: 1, container: { name: 'shop/web:1' } },
    ]);
    const { detections } = await seawall.ask(api.getIncident, { params: { id: incidents[0]?.id ?? 0 } });
    expect(detections[0]?.seen).toContain('curl');
    expect(detections[0]?.seen).toMatch(/prod-1 found 1 packages; prod-2 found 0 packages/);
  });

  test('end as incidents when they agree, and are reported again when they differ again', async () => {
    const { subject } = await differIn('api', ['shop/api:1']);
    for (const agent of Object.values(agents))
      await reportAs(seawall.store, agent, {
        kind: 'image',
        bodies: [imageFact('shop/api:1', { id: subject, subject })],
      });
    await chooseAnew(seawall.store, subject);
    await seawall.runtime.reportDifference({ subject });
    const listed = async () => (await seawall.ask(api.listIncidents, { query: { image: subject } })).incidents;
    expect(await listed()).toMatchObject([{ state: 'open' }]);
    await publishBy(
      'prod-2',
      imageScan({ content: 'api', names: ['shop/api:1'], packages: [debianPackage('curl', '8.0-1')] }),
    );
    await seawall.runtime.reportDifference({ subject });
    expect(await listed()).toMatchObject([{ state: 'closed', acknowledged: { by: 'console' } }]);
    await publishBy('prod-2', imageScan({ content: 'api', names: ['shop/api:1'], packages: [] }));
    await seawall.runtime.reportDifference({ subject });
    expect((await listed()).map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  test('are no incident where the image lies nowhere', async () => {
    const { subject } = await differIn('job', []);
    await seawall.runtime.reportDifference({ subject });
    expect(await seawall.ask(api.listIncidents, { query: { image: subject } })).toMatchObject({ total: 0 });
  });
});
