import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalText } from '#catalog/index.ts';
import { verifyBundle } from '../../bundle/verify.ts';
import * as api from '../../contract.ts';
import type { PartName, SignedBundle } from '../../contract.ts';
import { ada, bob, openTestPolicy, type TestPolicy } from '../testing.ts';
import { bundleOf, bytesOf, type Json, resigner, scanOnHost } from './testing.ts';

/*
 * Every single value of a bundle of two counting scans and an exception is changed, left out and given twice. Unsigned none
 * may pass. Signed again by the installation's own key none may end the program, and the answer may not be another than what
 * follows from the rest; what passes then are observations, and what the verdict does not rest on.
 */
let at: TestPolicy;
let bundle: SignedBundle;
beforeAll(async () => {
  at = await openTestPolicy();
  await at.collection('docks', { images: ['two:*'] });
  const threshold = { by: 'severity', severity: 'medium' } as const;
  const rule = { kind: 'severity', threshold, onlyFixed: false, unrated: 'block', effect: 'block' } as const;
  const policy = { name: 'docks', collections: ['docks'], rules: [rule] };
  await at.ask(api.putPolicy, { params: { id: 'docks' }, body: { policy, basedOn: 0 } });
  await scanOnHost(at, 'two-a', ['two:1', '7.9']);
  await scanOnHost(at, 'two-b', ['two:1', '8.0.1']);
  const body = {
    advisory: 'CVE-2026-1',
    package: { type: 'deb', name: 'curl', version: '7.9' },
    collections: ['docks'],
    reason: 'mitigated' as const,
    explanation: 'Behind the wall.',
    expiresAt: '2026-11-29T12:00:00.000Z',
  };
  const { exception } = await at.ask(api.requestException, { body }, bob);
  const decision = { params: { id: exception.id }, body: { decision: 'approve', note: '' } } as const;
  await at.ask(api.decideException, decision as never, ada);
  await at.policy.renewVerdicts();
  bundle = await bundleOf(at, 'two:1', 'prod');
});
afterAll(async () => await at.close());

test('no value of a part can be changed unsigned', async () => {
  const [before, passed] = [canonicalText(bundle.parts), [] as string[]];
  let changes = 0;
  for (const { path, parts } of changed(bundle.parts)) {
    if (canonicalText(parts) === before) continue;
    changes++;
    const check = await verifyBundle(bytesOf({ ...bundle, parts }), { version: '0' });
    if (check.state !== 'refused' || check.reason !== 'changed') passed.push(`${path}: ${check.state}`);
  }
  expect(passed).toEqual([]);
  expect(changes).toBeGreaterThan(500);
});

test('signed again, no value of the answer can be changed, and nothing ends the program', async () => {
  const [signed, passed] = [await resigner(at), [] as string[]];
  for (const { path, parts } of changed(bundle.parts)) {
    const check = await verifyBundle(bytesOf(signed({ ...bundle, parts })), { version: '0' });
    if (path.startsWith('.result') && check.state !== 'refused') passed.push(path);
  }
  expect(passed).toEqual([]);
});

interface Changed {
  readonly path: string;
  readonly parts: Readonly<Record<PartName, unknown>>;
}

/** The same parts with one value changed after the other; each is put back before the next. */
function* changed(of: SignedBundle['parts']): Generator<Changed> {
  const parts: Json = structuredClone(of);
  for (const { path, holder, key } of placesIn(parts, '')) {
    const before = holder[key];
    for (const after of others(before)) {
      holder[key] = after;
      yield { path, parts };
    }
    holder[key] = before;
    if (!Array.isArray(holder)) {
      delete holder[key];
      yield { path, parts };
      holder[key] = before;
      continue;
    }
    holder.splice(key, 1);
    yield { path, parts };
    holder.splice(key, 0, before, before);
    yield { path, parts };
    holder.splice(key, 1);
  }
}

interface Place {
  readonly path: string;
  readonly holder: Json;
  readonly key: Json;
}

function* placesIn(value: Json, path: string): Generator<Place> {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    const here = `${path}.${key}`;
    yield { path: here, holder: value, key: Array.isArray(value) ? Number(key) : key };
    yield* placesIn(value[key], here);
  }
}

function others(value: Json): readonly Json[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value === 'number') return [value + 1, value - 1, 1e308];
  if (typeof value !== 'string') return [Array.isArray(value) ? [] : {}, null];
  const moment = Date.parse(value);
  const month = 30 * 24 * 60 * 60_000;
  if (!/^\d{4}-\d\d-\d\dT/.test(value)) return [`${value}x`, ''];
  return [moment - month, moment + month].map((at) => new Date(at).toISOString());
}
