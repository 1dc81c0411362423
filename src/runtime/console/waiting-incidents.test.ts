import { afterAll, beforeAll, expect, test } from 'vitest';
import * as api from '../contract.ts';
import { isWaitingTooLong } from '../waiting.ts';
import { openTestRuntime, type TestRuntime } from './testing.ts';

const start = new Date('2026-11-24T12:00:00Z');
const since = start.toISOString();
const working = { state: 'working', mechanisms: [], lost: 0, throttled: 0 } as const;
let at: TestRuntime;
beforeAll(async () => {
  at = await openTestRuntime();
  at.turnTo(start);
});
afterAll(async () => await at.close());

/** What the reaction to `sensorChanged` does after the fact. */
async function reports(host: string, minute: number, more: object): Promise<void> {
  at.turnTo(new Date(start.getTime() + minute * 60_000));
  await at.report(host, 'sensor', [{ ...working, ...more }]);
  await at.runtime.reportWaiting({ host });
}

async function incidentsOf(host: string) {
  const { incidents } = await at.ask(api.listIncidents, {});
  return incidents.filter((one) => one.host === host);
}

test('events that wait for 30 s are one incident of the host, which ends with them and begins anew', async () => {
  await reports('prod-1', 0, {});
  await reports('prod-1', 1, { unacknowledged: { since, seconds: 15 } });
  expect(await incidentsOf('prod-1')).toEqual([]);
  await reports('prod-1', 2, { unacknowledged: { since, seconds: 30 } });
  await reports('prod-1', 3, { unacknowledged: { since, seconds: 60 } });
  await reports('prod-2', 3, {});
  expect(await incidentsOf('prod-1')).toMatchObject([{ state: 'open', severity: 'high', detections: 2 }]);
  const [incident] = await incidentsOf('prod-1');
  const { detections } = await at.ask(api.getIncident, { params: { id: incident?.id ?? 0 } });
  expect(detections[0]?.seen).toBe(`The oldest event waits for at least 30 s, since ${since}.`);
  // An agent that lost its sensor does not know what waits there.
  await reports('prod-1', 4, { state: 'away', reason: 'It died.' });
  expect(await incidentsOf('prod-1')).toMatchObject([{ state: 'open' }]);
  await reports('prod-1', 5, {});
  expect(await incidentsOf('prod-1')).toMatchObject([{ state: 'closed', acknowledged: { by: 'console' } }]);
  await reports('prod-1', 6, { unacknowledged: { since, seconds: 300 } });
  expect((await incidentsOf('prod-1')).map(({ state }) => state)).toEqual(['open', 'closed']);
});

test('a host with a long name has its second incident as well', async () => {
  const host = `prod-${'h'.repeat(150)}`;
  await reports(host, 1, { unacknowledged: { since, seconds: 60 } });
  await reports(host, 2, {});
  await reports(host, 3, { unacknowledged: { since, seconds: 300 } });
  expect((await incidentsOf(host)).map(({ state }) => state)).toEqual(['open', 'closed']);
});

test('a save that fails for 30 s is such an incident, with its reason', async () => {
  const reason = 'ENOSPC: no space left on device, write';
  await reports('test-1', 0, { failingSave: { reason, since, seconds: 5 } });
  expect(await incidentsOf('test-1')).toEqual([]);
  await reports('test-1', 1, { failingSave: { reason, since, seconds: 30 } });
  const [incident] = await incidentsOf('test-1');
  const { detections } = await at.ask(api.getIncident, { params: { id: incident?.id ?? 0 } });
  expect(detections[0]).toMatchObject({ detector: 'waiting-events', seen: expect.stringContaining(reason) });
});

test.each([
  [{}, false],
  [{ unacknowledged: { since, seconds: 29 } }, false],
  [{ unacknowledged: { since, seconds: 30 } }, true],
  [{ failingSave: { reason: 'x', since, seconds: 29 } }, false],
  [{ failingSave: { reason: 'x', since, seconds: 30 } }, true],
  [{ unacknowledged: { since, seconds: 5 }, failingSave: { reason: 'x', since, seconds: 60 } }, true],
])('isWaitingTooLong(%j) is %j', (more, expected) => {
  expect(isWaitingTooLong({ ...working, ...more })).toBe(expected);
});
