import { expect, it } from 'vitest';
import { alsoKnownAs } from './also-known-as.ts';
import { checks } from './checks/index.ts';

const all = Object.values(checks).flatMap<{ readonly id: string; readonly cis?: readonly string[] }>((list) => list);

it.each([
  ['CTR-072', ['597', '410'], ['4.10']],
  ['CTR-065', ['599', '41'], ['4.1']],
  ['IMG-001', ['41'], ['4.1']],
  ['CTR-001', ['55'], ['5.5']],
])('%s is known to Prisma Cloud as %j and to docker-bench as %j', (id, prisma, bench) => {
  const check = all.find((one) => one.id === id) ?? expect.fail(id);
  const numbers = alsoKnownAs(check);
  const of = (by: string) => numbers.filter((one) => one.by === by).map(({ number }) => number);
  expect([of('prisma'), of('docker-bench')]).toEqual([prisma, bench]);
});

it('takes numbers of CIS Kubernetes for none of Docker', () => {
  expect(alsoKnownAs({ id: 'HST-052', cis: ['K8s:4.1.1'] })).toEqual([]);
});

it.each(['41', '51', '597', '5.1'])('the number %s finds a check', (number) => {
  expect(all.some((check) => alsoKnownAs(check).some((one) => one.number === number))).toBe(true);
});
