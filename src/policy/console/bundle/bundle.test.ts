import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { subjectNamed } from '#inventory/console/testing.ts';
import { verifyBundle } from '../../bundle/verify.ts';
import { getVerdictBundle, type SignedBundle } from '../../contract.ts';
import { openTestPolicy, type TestPolicy } from '../testing.ts';
import { readEnvironmentVerdicts, verdictDigest } from '../verdicts.ts';

describe('a bundle of a verdict', () => {
  let at: TestPolicy;

  beforeAll(async () => {
    at = await openTestPolicy();
    await at.publish('a:1', '8.0');
    await at.run('a:1', 'prod');
  });
  afterAll(async () => await at.close());

  test('gives the same bytes offline', async () => {
    const bundle = await bundleOf(at, 'a:1', 'prod');
    const check = await verifyBundle(bytesOf(bundle), { version: '0' });
    expect(check).toMatchObject({ state: 'verified', recomputed: { holding: { kind: 'fail' } } });
    const [kept] = await readEnvironmentVerdicts(at.store, [subjectNamed('a:1')]);
    expect(check.state === 'verified' && verdictDigest(check.recomputed.holding.json)).toBe(kept?.digest);
  });
});

async function bundleOf(at: TestPolicy, image: string, environment: 'prod' | 'none'): Promise<SignedBundle> {
  const { bundle } = await at.ask(getVerdictBundle, { params: { subject: subjectNamed(image), environment } });
  return bundle as SignedBundle;
}

function bytesOf(bundle: SignedBundle): Uint8Array {
  return Buffer.from(JSON.stringify(bundle));
}
