import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { subjectNamed } from '#inventory/console/testing.ts';
import { userNamed } from '#http/console/testing.ts';
import { openSigner } from '#link/console/index.ts';
import { verifyBundle } from '../../bundle/verify.ts';
import * as api from '../../contract.ts';
import type { PartName, SignedBundle } from '../../contract.ts';
import { ada, bob, openTestPolicy, testMasterKey, type TestPolicy } from '../testing.ts';
import { readEnvironmentVerdicts, verdictDigest } from '../verdicts.ts';
import { bundleOf, bytesOf, type Json, resigned, scanOnHost, tampered } from './testing.ts';

const day = 24 * 60 * 60_000;
const limit = { kind: 'severity', threshold: { by: 'severity', severity: 'medium' }, onlyFixed: false } as const;
const strict = { ...limit, unrated: 'block', effect: 'block' } as const;
const soft = { ...limit, unrated: 'alert', effect: 'alert' } as const;

async function check(bundle: SignedBundle, key?: string) {
  return await verifyBundle(bytesOf(bundle), { version: '0', key });
}

describe('a bundle of a verdict', () => {
  let at: TestPolicy;
  beforeAll(async () => {
    at = await openTestPolicy();
    await at.collection('soft', { images: ['soft:*', 'later:*'] });
    await at.collection('elsewhere', { images: ['nothing:*'] });
    const rules = { first: ['elsewhere', strict], second: ['soft', soft] } as const;
    for (const [id, [collection, rule]] of Object.entries(rules)) {
      const policy = { name: id, collections: [collection], rules: [rule] };
      await at.ask(api.putPolicy, { params: { id }, body: { policy, basedOn: 0 } });
    }
    await at.publish('bad:1', '8.0');
    await at.publish('good:1', '8.1');
    await at.publish('soft:1', '8.0');
    for (const image of ['bad:1', 'good:1', 'soft:1']) await at.run(image, 'prod');
    for (const [host, version] of [
      ['two-a', '8.1'],
      ['two-b', '8.0.1'],
    ] as const)
      await scanOnHost(at, host, ['two:1', version]);
    await at.publish('excepted:1', '7.9');
    await at.run('excepted:1', 'prod');
    await except('7.9');
  });
  afterAll(async () => await at.close());

  /** Two people except the vulnerability in one version of curl. */
  async function except(version: string): Promise<void> {
    const body = {
      advisory: 'CVE-2026-1',
      package: { type: 'deb', name: 'curl', version },
      reason: 'mitigated',
      explanation: 'Behind the wall.',
      expiresAt: new Date(at.now().getTime() + 5 * day).toISOString(),
    } as const;
    const { exception } = await at.ask(api.requestException, { body }, bob);
    const decision = { params: { id: exception.id }, body: { decision: 'approve', note: '' } } as const;
    await at.ask(api.decideException, decision as never, ada);
    await at.policy.renewVerdicts();
  }

  test.each([
    ['bad:1', 'fail', 1],
    ['good:1', 'pass', 1],
    ['soft:1', 'pass', 1],
    ['excepted:1', 'pass', 1],
    ['two:1', 'fail', 2],
  ])('of %s gives the same bytes offline: %s by %d counting scans', async (image, kind, scans) => {
    const bundle = await bundleOf(at, image, 'prod');
    const found = await check(bundle);
    expect(found).toMatchObject({ state: 'verified', recomputed: { holding: { kind } } });
    if (found.state !== 'verified') return;
    expect(found.recomputed.verdicts).toHaveLength(scans);
    const [kept] = await readEnvironmentVerdicts(at.store, [subjectNamed(image)]);
    expect(verdictDigest(found.recomputed.holding.json)).toBe(kept?.digest);
    expect(found.statement.ledger).toBe(kept?.bundle);
  });

  test('says what has no verdict there, and gives nothing to who sees a part of the estate', async () => {
    await expect(bundleOf(at, 'bad:1', 'none')).rejects.toMatchObject({ code: 'not-found' });
    const scoped = { ...userNamed('eve', ['read']), collections: ['soft'] };
    const params = { subject: subjectNamed('soft:1'), environment: 'prod' } as const;
    await expect(at.ask(api.getVerdictBundle, { params }, scoped)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  const changes: readonly (readonly [string, string, PartName, (part: Json) => void])[] = [
    ['a rule', 'bad:1', 'rules', (rules) => void (rules.policies.at(-1).rules[0].effect = 'alert')],
    ['rules in another order', 'soft:1', 'rules', (rules) => void rules.policies.reverse()],
    ['a scope', 'soft:1', 'rules', (rules) => void (rules.collections[0].selects = {})],
    ['a range', 'bad:1', 'advisories', (all) => void (all.lookups.advisories[0].says[0].ranges[0].fixed = '7')],
    ['no advisory', 'bad:1', 'advisories', (all) => void (all.lookups.advisories[0].says = [])],
    ['no look-up', 'bad:1', 'advisories', (all) => void all.lookups.advisories.shift()],
    ['no date of a feed', 'good:1', 'advisories', (all) => void delete all.lookups.coverage[0].says.asOf],
    ['a version', 'bad:1', 'scans', ([scan]) => void (scan.catalog.packages[0].version = '8.1')],
    ['a fault left out', 'good:1', 'scans', ([scan]) => scan.catalog.faults.push({ code: 'x', message: 'x' })],
    ['another place', 'soft:1', 'scans', ([scan]) => void (scan.places[0].images = [])],
    ['the moment', 'good:1', 'scans', ([scan]) => void (scan.judgedAt = '2027-11-24T12:00:00.000Z')],
    ['no scan', 'two:1', 'scans', (scans) => void scans.pop()],
    ['a scan twice', 'two:1', 'scans', (scans) => scans.push(scans[0])],
    ['a scan silenced by hand', 'two:1', 'counting', (part) => part.silenced.push(part.counting.pop())],
    ['a publisher', 'two:1', 'counting', ({ choice }) => void (choice.scans[0].publisher.kind = 'user')],
    ['a holder', 'two:1', 'counting', ({ choice }) => void (choice.holders[1].environments = ['dev'])],
    ['a revoked agent', 'two:1', 'counting', ({ choice }) => choice.endedAgents.push(choice.holders[0].agent)],
    ['contents', 'two:1', 'counting', ({ choice }) => void (choice.scans[1].contents = choice.scans[0].contents)],
    ['no exception', 'excepted:1', 'exceptions', ({ findings }) => void findings.pop()],
    [
      'an ended exception',
      'excepted:1',
      'exceptions',
      ({ findings }) => void (findings[0].expiresAt = '2026-11-24T11:59:59.000Z'),
    ],
    [
      'an exception for another',
      'excepted:1',
      'exceptions',
      ({ findings }) => void (findings[0].package.version = '7'),
    ],
    ['the answer', 'bad:1', 'result', (result) => void (result.verdict = result.verdict.replace('fail', 'pass'))],
    ['its hash', 'bad:1', 'result', (result) => void (result.verdicts[0].verdict = '0'.repeat(64))],
    ['the kind of one answer', 'two:1', 'result', ({ verdicts }) => void (verdicts[0].kind = 'cannot-judge')],
    ['the number of violations', 'bad:1', 'result', ({ verdicts }) => void (verdicts[0].violations = 0)],
    ['an answer twice', 'bad:1', 'result', ({ verdicts }) => verdicts.unshift({ ...verdicts[0], kind: 'pass' })],
    [
      'the scan that holds',
      'two:1',
      'result',
      (result) => {
        result.holds = result.verdicts.find(({ scan }: { scan: string }) => scan !== result.holds).scan;
      },
    ],
  ];

  test.each(changes)('with %s changed is refused, unsigned and signed again', async (...row) => {
    const [, image, part, change] = row;
    const whole = await bundleOf(at, image, 'prod');
    const changed = tampered(whole, part, change);
    expect(changed.parts[part]).not.toEqual(whole.parts[part]);
    expect(await check(changed)).toMatchObject({ state: 'refused', reason: 'changed', part });
    expect(await check(await resigned(at, whole))).toMatchObject({ state: 'verified' });
    expect(await check(await resigned(at, changed))).toMatchObject({ state: 'refused', reason: 'differs' });
  });

  test('of another installation, with another statement or with a borrowed certificate is refused', async () => {
    const bundle = await bundleOf(at, 'bad:1', 'prod');
    const found = await check(bundle);
    if (found.state !== 'verified') throw new Error(found.why);
    expect(await check(bundle, found.authority)).toMatchObject({ state: 'verified' });
    const other = await openTestPolicy();
    try {
      await other.publish('bad:1', '8.0');
      await other.run('bad:1', 'prod');
      const theirs = await bundleOf(other, 'bad:1', 'prod');
      expect(await check(theirs)).toMatchObject({ state: 'verified' });
      expect(await check(theirs, found.authority)).toMatchObject({ state: 'refused', reason: 'other-key' });
      const mixed = { ...theirs, authority: bundle.authority };
      expect(await check(mixed)).toMatchObject({ state: 'refused', reason: 'signature' });
      expect(await check({ ...bundle, signature: theirs.signature })).toMatchObject({ reason: 'signature' });
      expect(await check({ ...bundle, certificate: bundle.authority })).toMatchObject({ reason: 'signature' });
    } finally {
      await other.close();
    }
    const ledgers = { name: 'ledger', usage: '2.25.1173829046.5.1' };
    const key = await openSigner({ store: at.store, clock: at.now, masterKey: () => testMasterKey }, ledgers)();
    const signature = key.sign(Buffer.from(bundle.statement)).toString('base64');
    const ofLedgers = { ...bundle, certificate: key.certificate, signature };
    expect(await check(ofLedgers, found.authority)).toMatchObject({ state: 'refused', reason: 'signature' });
    const later = bundle.statement.replace(/"madeAt":"2026/, '"madeAt":"2036');
    expect(await check({ ...bundle, statement: later })).toMatchObject({ state: 'refused', reason: 'signature' });
    const foreign = bundle.statement.replace(/"ledger":"sha256:./, '"ledger":"sha256:');
    expect(await check({ ...bundle, statement: foreign })).toMatchObject({ state: 'refused', reason: 'signature' });
  });

  test('that claims another digest for ledgers, or an image that it is not of, is refused though signed', async () => {
    const bundle = await bundleOf(at, 'bad:1', 'prod');
    const { ledger, subject } = JSON.parse(bundle.statement);
    const others = [
      [ledger, `sha256:${'0'.repeat(64)}`, 'ledger'],
      [subject, subjectNamed('good:1'), 'differs'],
      ['"environment":"prod"', '"environment":"dev"', 'differs'],
    ] as const;
    for (const [from, to, reason] of others) {
      const signed = await resigned(at, { ...bundle, statement: bundle.statement.replace(from, to) });
      expect(await check(signed), to).toMatchObject({ state: 'refused', reason });
    }
  });

  test('of another version that comes to another verdict proves nothing either way', async () => {
    const bundle = await bundleOf(at, 'bad:1', 'prod');
    expect(await verifyBundle(bytesOf(bundle), { version: '1' })).toMatchObject({ state: 'verified' });
    const changed = tampered(bundle, 'result', (result) => void (result.verdict += ' '));
    const signed = bytesOf(await resigned(at, changed));
    expect(await verifyBundle(signed, { version: '1' })).toMatchObject({ state: 'other-version', made: '0' });
  });

  test.each([
    ['another form', (statement: Json) => void (statement.form = 2)],
    ['a rule of a later version', (_: Json, { rules }: Json) => void (rules.policies[0].rules[0].kind = 'moon')],
  ])('with %s is for the version that made it, once it is signed', async (_, change) => {
    const bundle = await bundleOf(at, 'bad:1', 'prod');
    const [statement, parts] = [JSON.parse(bundle.statement), structuredClone(bundle.parts)];
    change(statement, parts);
    const later = { ...bundle, statement: JSON.stringify(statement), parts };
    const version = '1';
    expect((await verifyBundle(bytesOf(later), { version })).state).toBe('refused');
    const signed = bytesOf(await resigned(at, later));
    expect(await verifyBundle(signed, { version })).toMatchObject({ state: 'other-version', made: '0' });
    expect(await check(await resigned(at, later))).toMatchObject({ state: 'refused', reason: 'unreadable' });
  });

  test.each([
    ['names a part twice', '"parts":', '"parts":{},"parts":'],
    ['names a member of a scan twice', '"version":"8.0"', '"version":"9.9","version":"8.0"'],
    ['says more than is signed', '{"kind"', '{"note":"passed","kind"'],
  ])('that %s is refused', async (_, from, to) => {
    const text = JSON.stringify(await bundleOf(at, 'bad:1', 'prod'));
    expect(text).toContain(from);
    const found = await verifyBundle(Buffer.from(text.replace(from, to)), { version: '0' });
    expect(found).toMatchObject({ state: 'refused', reason: 'unreadable' });
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no bundle', '{"kind":"seawall-verdict"}'],
    ['deep JSON', `{"parts":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['many values', `[${'0,'.repeat(17_000_000)}0]`],
  ])('that is %s is refused before it is judged', async (_, text) => {
    const started = performance.now();
    const found = await verifyBundle(Buffer.from(text), { version: '0' });
    expect(found).toMatchObject({ state: 'refused', reason: 'unreadable' });
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('is judged as of its verdict: an exception that has ended since was in force', async () => {
    const bundle = await bundleOf(at, 'excepted:1', 'prod');
    expect(await check(bundle)).toMatchObject({ state: 'verified', recomputed: { holding: { kind: 'pass' } } });
    at.turnTo(new Date(at.now().getTime() + 6 * day));
    expect(await check(bundle)).toMatchObject({ state: 'verified', recomputed: { holding: { kind: 'pass' } } });
    await at.policy.renewVerdicts();
    const later = await check(await bundleOf(at, 'excepted:1', 'prod'));
    expect(later).toMatchObject({ state: 'verified', recomputed: { holding: { kind: 'fail' } } });
    at.turnTo(new Date(at.now().getTime() + 3 * day));
    await at.policy.renewVerdicts();
    const stale = await check(await bundleOf(at, 'good:1', 'prod'));
    expect(stale).toMatchObject({ state: 'verified', recomputed: { holding: { kind: 'cannot-judge' } } });
  });
});
