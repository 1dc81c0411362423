import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { known, type SubjectId } from '#base/index.ts';
import { imageScan, publishTo } from '#catalog/console/testing.ts';
import { userNamed } from '#http/console/testing.ts';
import {
  cancelCheckException,
  decideCheckException,
  getCompliance,
  listFindingsByCheck,
  requestCheckException,
} from '../contract.ts';
import { ada, openTestCompliance, type TestCompliance } from './testing.ts';

let world: TestCompliance;
const images: Record<string, SubjectId> = {};
/** A private key in a file of a layer, 0 is the lowest. */
interface KeyFile {
  readonly path: string;
  readonly layer: number;
}

const scan = async (
  name: string,
  layers: readonly string[],
  { user = '', keys = [] }: { readonly user?: string; readonly keys?: readonly KeyFile[] } = {},
): Promise<void> => {
  const made = imageScan({ content: name, names: [`${name}:1`], packages: [], layers });
  const config = { user: known(user, 'config.User'), platform: known({ os: 'linux', architecture: 'amd64' }, 'os') };
  const found = keys.map((key) => ({ ...key, detector: 'private-key-putty', certainty: 'sure' as const, offset: 0 }));
  const catalog = {
    ...made.catalog,
    configFacts: { format: 1 as const, text: JSON.stringify(config) },
    fileSecrets: { format: 1 as const, found, isComplete: true, owned: 0 },
  };
  const { subject } = await publishTo(world.store, { ...made, catalog }, { clock: world.now });
  await world.compliance.followImage({ subject });
  await world.store.idle();
  images[name] = subject;
};
beforeAll(async () => {
  world = await openTestCompliance();
  // An heir may be known before its base.
  await scan('app', ['os', 'runtime', 'app']);
  await scan('os', ['os']);
  await scan('runtime', ['os', 'runtime']);
  await scan('zero', ['os', 'runtime', 'zero'], { user: '0' });
  await scan('user', ['os', 'runtime', 'user'], { user: '1000' });
  await scan('twin', ['os', 'runtime', 'app']);
  await scan('stranger', ['other', 'runtime', 'app']);
  const selects = JSON.stringify({ images: ['app:1', 'os:1'] });
  await world.store
    .query(accessSchema)
    .insertInto('collection')
    .values({ id: 'some', name: 'some', description: '', environment: null, selects })
    .execute();
});
afterAll(() => world.close());

const read = async (name: string, principal = ada) => {
  const params = { host: '-', kind: 'image' as const, id: images[name] ?? '' };
  const { subject, results = [] } = await world.ask(getCompliance, { params }, principal);
  const root = results.find(({ id }) => id === 'IMG-001');
  return [subject?.base?.name, root?.state, root?.inherited];
};

test.each([
  ['os', [undefined, 'fail', undefined]],
  ['runtime', ['os:1', 'fail', ['no user, so root']]],
  ['app', ['runtime:1', 'fail', ['no user, so root']]],
  ['twin', ['runtime:1', 'fail', ['no user, so root']]],
  ['zero', ['runtime:1', 'fail', undefined]],
  ['user', ['runtime:1', 'pass', undefined]],
  ['stranger', [undefined, 'fail', undefined]],
] as const)('%s has what its nearest base has', async (name, expected) => {
  expect(await read(name)).toEqual(expected);
});

test('what images have of a base is counted there, as far as the caller sees that', async () => {
  const of = async (principal = ada) =>
    (await world.ask(listFindingsByCheck, { query: {} }, principal)).checks.find(({ check }) => check === 'IMG-001');
  expect(await of()).toMatchObject({ subjects: { fail: 6, pass: 1 }, inherited: 3 });
  const bob = userNamed('bob', ['read'], ['some']);
  expect(await read('app', bob)).toEqual([undefined, 'fail', undefined]);
  const seen = await of(bob);
  expect(seen?.subjects.fail).toBe(2);
  expect(seen).not.toHaveProperty('inherited');
});

test('an exception of a base holds for the same value of what is built on it, and for nothing else', async () => {
  const approver = userNamed('bob', ['read', 'request-exceptions', 'approve-exceptions']);
  const expiresAt = new Date(world.now().getTime() + 60_000).toISOString();
  const { exception } = await world.ask(requestCheckException, {
    body: {
      check: 'IMG-001',
      values: ['no user, so root'],
      name: 'runtime:1',
      reason: 'mitigated',
      explanation: 'It is only built upon.',
      expiresAt,
    },
  });
  expect(exception.images).toEqual([images['runtime']]);
  await world.ask(decideCheckException, { params: { id: exception.id }, body: { decision: 'approve' } }, approver);
  const states = async () => Promise.all(Object.keys(images).map(async (name) => [name, (await read(name))[1]]));
  expect(Object.fromEntries(await states())).toEqual({
    app: 'excepted',
    twin: 'excepted',
    runtime: 'excepted',
    os: 'fail',
    zero: 'fail',
    stranger: 'fail',
    user: 'pass',
  });
  await world.ask(cancelCheckException, { params: { id: exception.id } });
  expect((await read('app'))[1]).toBe('fail');
});

test('an exception of a base holds for secrets in its layers, and for none that a layer above holds', async () => {
  const key = (layer: number): KeyFile => ({ path: 'srv/key.pem', layer });
  await scan('keyed', ['k1', 'k2'], { keys: [key(1)] });
  await scan('heir', ['k1', 'k2', 'k3'], { keys: [key(1)] });
  await scan('again', ['k1', 'k2', 'k4'], { keys: [key(1), key(2)] });
  await scan('foreign', ['x1', 'k2', 'k3'], { keys: [key(1)] });
  const stateOf = async (name: string) => {
    const params = { host: '-', kind: 'image' as const, id: images[name] ?? '' };
    const found = (await world.ask(getCompliance, { params })).results?.find(({ id }) => id === 'IMG-031');
    return [found?.state, found?.values];
  };
  const all = async () => [
    await stateOf('keyed'),
    await stateOf('heir'),
    await stateOf('again'),
    await stateOf('foreign'),
  ];
  const [, values] = await stateOf('keyed');
  expect(values).toEqual([expect.stringMatching(/^\/srv\/key\.pem in layer 2: /)]);
  expect((await all()).map(([state]) => state)).toEqual(['fail', 'fail', 'fail', 'fail']);
  const ask = async (asked: readonly string[]) => {
    const approver = userNamed('bob', ['read', 'request-exceptions', 'approve-exceptions']);
    const { exception } = await world.ask(requestCheckException, {
      body: {
        check: 'IMG-031',
        values: [...asked],
        name: 'keyed:1',
        reason: 'mitigated',
        explanation: 'It opens nothing.',
        expiresAt: new Date(world.now().getTime() + 60_000).toISOString(),
      },
    });
    await world.ask(decideCheckException, { params: { id: exception.id }, body: { decision: 'approve' } }, approver);
    return exception.id;
  };
  const id = await ask(values as readonly string[]);
  expect((await all()).map(([state]) => state)).toEqual(['excepted', 'excepted', 'fail', 'fail']);
  await world.ask(cancelCheckException, { params: { id } });
  // What the base does not hold is not excepted by it, whatever is asked for.
  const [, more] = await stateOf('again');
  await ask(more as readonly string[]);
  expect((await all()).map(([state]) => state)).toEqual(['excepted', 'fail', 'fail', 'fail']);
});
