import { expect, test } from 'vitest';
import type { SubjectId } from '#base/index.ts';
import { entriesOf } from './entries-of.ts';
import { digestNamed, ruleText } from './testing.ts';

const collection = (id: string, selects: object) => ({ id, name: id, description: '', selects });
const rule = (id: string, more: Parameters<typeof ruleText>[0]) => ({ ...ruleText(more), id, version: 1, name: id });
const verdict = { kind: 'fail', policy: 'Production', evidence: ['It has CVE-2026-1.'], more: 0 } as const;

const entries = entriesOf({
  hosts: [],
  rules: [
    rule('by host', { collections: ['piers'], fail: 'alert' }),
    rule('by host and name', { collections: ['old'], fail: 'ignore' }),
    rule('last', {}),
  ],
  collections: [
    collection('old', { hosts: ['quay-*'], images: ['shop/old:*'] }),
    collection('piers', { hosts: ['pier-*'], environments: ['prod'] }),
  ],
  compliance: { rules: [], lists: {}, exceptions: [] },
  verdictOf: (_, environment) =>
    environment === 'dev' ? undefined : { brief: verdict, judgedAt: new Date(), bundle: digestNamed('bundle') },
});

const ruleOn = (host: string, environment: string | undefined, name: string): string | undefined => {
  const digest = digestNamed('one');
  const image = { subject: digest as string as SubjectId, ids: [], names: [name] };
  const place = { host, images: [name], labels: {}, ...(environment === undefined ? {} : { environment }) };
  return entries({ image, digest, place })?.rule?.id;
};

test('one image has the entry of its host, environment and names, whatever was worked out for others before', () => {
  for (let time = 0; time < 2; time += 1) {
    expect(ruleOn('pier-1', 'prod', 'shop/old:1')).toBe('by host');
    expect(ruleOn('pier-2', 'test', 'shop/old:1')).toBe('last');
    expect(ruleOn('quay-1', 'prod', 'shop/old:1')).toBe('by host and name');
    expect(ruleOn('quay-2', undefined, 'shop/old:1')).toBe('by host and name');
    expect(ruleOn('quay-2', 'prod', 'shop/new:1')).toBe('last');
    expect(ruleOn('dock-1', 'prod', 'shop/old:1')).toBe('last');
    expect(ruleOn('quay-1', 'dev', 'shop/old:1')).toBeUndefined();
  }
});
