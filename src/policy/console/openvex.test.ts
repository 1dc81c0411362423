import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as api from '../contract.ts';
import { ada, bob, openTestPolicy, type TestPolicy } from './testing.ts';

describe('approved exceptions as OpenVEX', () => {
  let at: TestPolicy;

  beforeAll(async () => {
    at = await openTestPolicy();
    await at.collection('prod', { environments: ['prod'] });
    await at.publish('shop:1', '8.0');
    await at.publish('wiki:1', '8.0.1');
    await at.run('shop:1', 'prod');
    await at.run('wiki:1', 'prod');
  });
  afterAll(async () => await at.close());

  async function grant(version: string, collections?: string[]): Promise<void> {
    const body = {
      advisory: 'CVE-2026-1',
      package: { type: 'deb', name: 'curl', version },
      reason: 'mitigated',
      explanation: 'Behind a proxy.',
      expiresAt: new Date(at.now().getTime() + 86_400_000).toISOString(),
      ...(collections === undefined ? {} : { collections }),
    } as const;
    const { exception } = await at.ask(api.requestException, { body }, ada);
    const decision = { params: { id: exception.id }, body: { decision: 'approve', note: '' } } as const;
    await at.ask(api.decideException, decision, bob);
    await at.policy.renewVerdicts();
  }

  async function exported(collection?: string) {
    const { statements } = await at.ask(api.exportExceptions, {
      query: collection === undefined ? {} : { collection },
    });
    return statements.map(({ products }) => products.map((one) => one['@id']));
  }

  test('there is no document without an exception that holds', async () => {
    await expect(exported()).rejects.toMatchObject({ code: 'not-found' });
  });

  test('name the packages that they keep from counting, as scans name them', async () => {
    await grant('8.0');
    const [[product = ''] = []] = await exported();
    expect(product).toBe('pkg:deb/debian/curl@8.0');
  });

  test('those of a collection stand only in its document', async () => {
    await grant('8.0.1', ['prod']);
    expect(await exported()).toHaveLength(1);
    expect(await exported('prod')).toHaveLength(2);
    expect(await exported('other')).toHaveLength(1);
  });

  test('those that ran out are gone', async () => {
    at.turnTo(new Date(at.now().getTime() + 2 * 86_400_000));
    await expect(exported('prod')).rejects.toMatchObject({ code: 'not-found' });
  });
});
