import { afterAll, beforeAll, expect, test } from 'vitest';
import * as api from '../contract.ts';
import { openTestRuntime, type TestRuntime } from './testing.ts';

let seawall: TestRuntime;
beforeAll(async () => {
  seawall = await openTestRuntime();
});
afterAll(async () => await seawall.close());

test('facts that nobody has are one incident of their host, with their bounds, told once', async () => {
  await seawall.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
  const agent = '7f2c1c1e-6c1f-4f5e-9d3e-1f0a5b6c7d8e';
  const epoch = '0e9c8f4e-94f2-4e0f-8a53-4d0d1e6c2b11';
  const gap = { epoch, first: 21, last: 160, from: '2026-11-24T10:59:00.000Z', to: '2026-11-24T11:59:00.000Z' };
  await seawall.runtime.reportMissingFacts({ host: 'prod-1', agent, gap });
  await seawall.runtime.reportMissingFacts({ host: 'prod-1', agent, gap });
  const { incidents, total } = await seawall.ask(api.listIncidents, { query: {} });
  expect(total).toBe(1);
  expect(incidents).toMatchObject([{ environment: 'prod', host: 'prod-1', detections: 1, severity: 'medium' }]);
  const { detections } = await seawall.ask(api.getIncident, { params: { id: incidents[0]?.id ?? 0 } });
  expect(detections[0]?.seen).toBe(
    `Facts 21 to 160 of epoch ${epoch} are missing, reported between ${gap.from} and ${gap.to}.`,
  );
  const { last: _, from: __, ...open } = gap;
  await seawall.runtime.reportMissingFacts({ host: 'prod-1', agent, gap: { ...open, first: 200 } });
  const again = await seawall.ask(api.listIncidents, { query: {} });
  const later = await seawall.ask(api.getIncident, { params: { id: again.incidents[0]?.id ?? 0 } });
  expect(later.detections.map(({ seen }) => seen)).toContain(
    `Facts 200 to an unknown end of epoch ${epoch} are missing, reported before ${gap.to}.`,
  );
});
