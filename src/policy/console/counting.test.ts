import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseAnew, curlScan, type Publisher, publishTo } from '#catalog/console/testing.ts';
import { agentOf, hostFact, imageFact, subjectNamed, reportAs } from '#inventory/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import { openTestPolicy, type TestPolicy } from './testing.ts';
import { readEnvironmentVerdicts, readPlacedVerdicts, readVerdicts } from './verdicts.ts';

/** A fail: curl below 8.1 has a vulnerability. */
const vulnerable = '8.0-1';
const sound = '8.2';

let at: TestPolicy;
beforeAll(async () => {
  at = await openTestPolicy();
});
afterAll(async () => await at.close());

function publisherOf(host: string): Publisher {
  return { kind: 'agent', id: agentOf(host).id, name: host };
}

/** The image lies on a host of an environment; without one, of none. */
async function hold(image: string, host: string, environment?: string): Promise<void> {
  const agent = agentOf(host, environment);
  await reportAs(at.store, agent, {
    kind: 'host',
    bodies: [hostFact(environment === undefined ? {} : { environment })],
  });
  await reportAs(at.store, agent, { kind: 'image', bodies: [imageFact(image)] });
  await follow(image);
}

async function follow(image: string): Promise<void> {
  const subject = subjectNamed(image);
  await chooseAnew(at.store, subject);
  await at.policy.judgeSubject({ subject });
}

async function scan(image: string, version: string, host: string): Promise<string> {
  const { scan: made } = await at.publish(image, version, { publisher: publisherOf(host) });
  await at.policy.judgeSubject({ subject: subjectNamed(image) });
  return made;
}

async function kinds(image: string): Promise<Readonly<Record<string, string>>> {
  const verdicts = await readVerdicts(at.store, subjectNamed(image));
  return Object.fromEntries(verdicts.map(({ environment = 'none', verdict }) => [environment, verdict.kind]));
}

test('two hosts that differ: the worst holds, in whatever order they scan, and names its scan', async () => {
  for (const [image, first, second] of [
    ['a:1', vulnerable, sound],
    ['b:1', sound, vulnerable],
  ] as const) {
    for (const host of [`${image[0]}-1`, `${image[0]}-2`]) await hold(image, host, 'prod');
    const scans = [await scan(image, first, `${image[0]}-1`), await scan(image, second, `${image[0]}-2`)];
    expect(await kinds(image)).toEqual({ prod: 'fail' });
    const failing = scans[first === vulnerable ? 0 : 1];
    for (const read of [readPlacedVerdicts, readEnvironmentVerdicts])
      expect(await read(at.store, [subjectNamed(image)])).toMatchObject([{ scan: failing, kind: 'fail' }]);
  }
});

test('each environment is judged by its own scans', async () => {
  await hold('c:1', 'c-prod', 'prod');
  await hold('c:1', 'c-dev', 'dev');
  await hold('c:1', 'c-none');
  await scan('c:1', vulnerable, 'c-prod');
  expect(await kinds('c:1')).toEqual({ prod: 'fail' });
  await scan('c:1', sound, 'c-dev');
  expect(await kinds('c:1')).toEqual({ prod: 'fail', dev: 'pass' });
  await scan('c:1', sound, 'c-none');
  expect(await kinds('c:1')).toEqual({ prod: 'fail', dev: 'pass', none: 'pass' });
});

test('a clean catalog of who does not hold it changes no verdict, and is answered', async () => {
  await hold('d:1', 'd-1', 'prod');
  await scan('d:1', vulnerable, 'd-1');
  for (const publisher of [
    { kind: 'token', id: 't', name: 'ci', repositories: ['*'] },
    { kind: 'user', id: 'eve', name: 'eve' },
    publisherOf('elsewhere'),
  ] as const)
    await at.publish('d:1', sound, { publisher });
  await follow('d:1');
  expect(await kinds('d:1')).toEqual({ prod: 'fail' });
  expect(await readEnvironmentVerdicts(at.store, [subjectNamed('d:1')])).toHaveLength(1);
});

test('an agent that is revoked leaves its environment without a verdict', async () => {
  await hold('e:1', 'e-1', 'prod');
  const id = '11111111-1111-4111-8111-111111111111';
  await reportAs(at.store, agentOf('e-1', 'prod', { id }), { kind: 'image', bodies: [imageFact('e:1')] });
  await sql`
    insert into link.agent (id, name, host, instance, version, state, joined_at, join_token, fingerprint, not_after)
    values (${id}, 'e-1', 'e-1', 'default', '0', 'live', now(), 't', 'e', now())`.execute(at.store.query(linkSchema));
  await at.publish('e:1', sound, { publisher: { kind: 'agent', id, name: 'e-1' } });
  await follow('e:1');
  expect(await kinds('e:1')).toEqual({ prod: 'pass' });
  await sql`update link.agent set state = 'revoked' where id = ${id}`.execute(at.store.query(linkSchema));
  await follow('e:1');
  expect(await kinds('e:1')).toEqual({});
  expect(await readEnvironmentVerdicts(at.store, [subjectNamed('e:1')])).toEqual([]);
});

test('a scan that counts and is not judged yet takes nothing back', async () => {
  for (const host of ['f-1', 'f-2']) await hold('f:1', host, 'prod');
  await scan('f:1', vulnerable, 'f-1');
  await scan('f:1', sound, 'f-2');
  const anew = curlScan('f:1', { version: '8.3', scannedAt: at.now(), layers: ['layer'] });
  // Stored, and not matched yet: the fail of the scan before goes on until it is.
  await publishTo(at.store, anew, { clock: at.now, publisher: publisherOf('f-1') });
  await follow('f:1');
  expect(await kinds('f:1')).toEqual({ prod: 'fail' });
  await scan('f:1', '8.3', 'f-1');
  expect(await kinds('f:1')).toEqual({ prod: 'pass' });
});
