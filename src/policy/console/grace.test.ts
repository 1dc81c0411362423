import { describe, expect, test } from 'vitest';
import { subjectNamed } from '#inventory/console/testing.ts';
import type { VulnerabilityRecord } from '#vulnerability/console/testing.ts';
import * as api from '../contract.ts';
import { openTestPolicy, type TestPolicy } from './testing.ts';
import { readVerdicts } from './verdicts.ts';

const limit = { kind: 'severity', threshold: { by: 'severity', severity: 'medium' } } as const;
const blocking = { ...limit, onlyFixed: false, unrated: 'block', effect: 'block' } as const;

describe('days of grace', () => {
  const policy = { name: 'Lax', rules: [{ ...blocking, grace: { other: 5 } }] };

  async function inForce(record: VulnerabilityRecord): Promise<TestPolicy> {
    const at = await openTestPolicy(record);
    await at.publish('shop:1', '8.0');
    await at.ask(api.putPolicy, { params: { id: 'production' }, body: { policy: policy as never, basedOn: 1 } });
    await at.policy.renewVerdicts();
    return at;
  }

  async function newest(at: TestPolicy, image: string) {
    return (await readVerdicts(at.store, subjectNamed(image)))[0]?.verdict;
  }

  test('are over on a new console for what was published years ago', async () => {
    const at = await inForce({ published: '2019-06-01T00:00:00.000Z' });
    expect(await newest(at, 'shop:1')).toMatchObject({ kind: 'fail', violations: [{ effect: 'block' }] });
    await at.close();
  });

  test('begin when the fix appears for a finding that had none, and are judged again at their end', async () => {
    const at = await inForce({ published: '2019-06-01T00:00:00.000Z', fix: 'none' });
    expect(await newest(at, 'shop:1')).toMatchObject({ kind: 'fail' });
    at.turnTo(new Date('2026-11-24T13:00:00Z'));
    await at.useVulnerability({ published: '2019-06-01T00:00:00.000Z' });
    await at.policy.renewVerdicts();
    const graceUntil = '2026-11-29T13:00:00.000Z';
    expect(await newest(at, 'shop:1')).toMatchObject({ kind: 'pass', violations: [{ graceUntil }] });
    at.turnTo(new Date('2026-11-27T12:00:00Z'));
    await at.publish('shop:2', '8.0');
    expect(await newest(at, 'shop:2')).toMatchObject({ kind: 'pass', violations: [{ graceUntil }] });
    at.turnTo(new Date(graceUntil));
    await at.policy.renewVerdicts();
    expect(await newest(at, 'shop:1')).toMatchObject({ kind: 'fail' });
    await at.close();
  });
});
