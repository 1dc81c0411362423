import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import type { StartQuestion } from '../schema.ts';
import { type Armed, type GateSocket, openGateSocket } from './gate-socket.ts';
import type { StartAnswer } from './starts.ts';

const question: StartQuestion = {
  form: 1,
  kind: 'start',
  verb: 'create',
  container: 'ab'.repeat(32),
  bundle: '/run/bundle',
  image: `sha256:${'5e'.repeat(32)}`,
  build: false,
  ledger: 'allow',
  annotations: {},
};
const answer: StartAnswer = {
  id: 'd-1',
  answer: 'allow',
  effect: 'ignore',
  cause: 'verdict',
  evidence: [],
  reason: 'It passes.',
  subject: 'shop/app:1',
};

let folder = '';
let socket: GateSocket;
let armedAfter: number | undefined;
let gone = 0;
let prevents = false;
let refusal = '';
const expected: string[] = [];
const created: [string, Armed][] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-socket-'));
  armedAfter = 0;
  gone = 0;
  prevents = false;
  refusal = 'Nobody knows it.';
  expected.length = 0;
  created.length = 0;
  socket = await openGateSocket({
    path: join(folder, 'run/gate.sock'),
    async answer({ container, image }, signal) {
      signal.addEventListener('abort', () => (gone += 1));
      if (container.startsWith('held')) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return image === null ? { ...answer, answer: 'deny', reason: refusal } : answer;
    },
    arming: {
      prevents: () => prevents,
      expect: async (container) => void expected.push(container),
      async wait(_, __, signal) {
        await wait(armedAfter ?? 10_000, undefined, { signal }).catch(() => undefined);
        return signal.aborted ? { kind: 'late', reason: 'It is not marked.', startsAgain: false } : { kind: 'armed' };
      },
    },
    armingPatience: 300,
    created: (id, how) => void created.push([id, how]),
    log: silentLog,
    patience: 200,
  });
});
afterEach(async () => {
  await socket.close();
  rmSync(folder, { recursive: true });
});

/** Says lines as answers come, and gives the answers until the other side ends. */
function talk(...said: readonly (string | Buffer)[]): Promise<readonly unknown[]> {
  const connection = connect({ path: join(folder, 'run/gate.sock') });
  const waiting = [...said];
  let heard = '';
  const next = (): void => void (waiting.length > 0 && connection.write(waiting.shift() ?? ''));
  return new Promise((resolve, reject) => {
    connection.on('connect', next);
    connection.on('data', (text: Buffer) => {
      heard += text.toString();
      next();
    });
    const end = (): void =>
      resolve(
        heard
          .split('\n')
          .filter(Boolean)
          .map((line): unknown => JSON.parse(line)),
      );
    connection.on('close', end);
    connection.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET' ? end() : reject(error),
    );
  });
}
const line = (what: object) => `${JSON.stringify(what)}\n`;

test('a start is answered, and once it is made whether it is armed', async () => {
  const [first, second] = await talk(line(question), line({ form: 1, kind: 'created' }));
  expect(first).toEqual({ answer: 'allow', cause: 'verdict', reason: 'It passes.', id: 'd-1' });
  expect(second).toMatchObject({ armed: true });
  expect(created).toMatchObject([['d-1', { armed: true }]]);
  expect(expected).toEqual([question.container]);
});

test('a sensor that does not answer in 100 ms is told, and holds the start no longer', async () => {
  const waited = async (): Promise<number> => {
    const before = performance.now();
    await talk(line(question), line({ form: 1, kind: 'created' }));
    return performance.now() - before;
  };
  [prevents, armedAfter] = [true, undefined];
  const longest = await waited();
  prevents = false;
  const [first, next] = [await waited(), await waited()];
  // A rule that prevents the start lets it wait three times as long.
  expect(Math.min(first, next)).toBeLessThan(longest);
  created.length = 0;
  const [, second] = await talk(line(question), line({ form: 1, kind: 'created' }));
  expect(second).toMatchObject({ armed: false });
  expect(created[0]?.[1].milliseconds).toBeGreaterThanOrEqual(99);
});

test('under a rule that prevents a start waits for longer, and at the end the rule refuses, not the clock', async () => {
  [prevents, armedAfter] = [true, undefined];
  const before = performance.now();
  const [first, second] = await talk(line(question), line({ form: 1, kind: 'created' }));
  expect(performance.now() - before).toBeGreaterThanOrEqual(299);
  expect(first).toMatchObject({ answer: 'allow', mustArm: true });
  expect(second).toMatchObject({
    armed: false,
    refusal: expect.stringMatching(
      /^Its runtime rule prevents, and the sensor had not armed it within 0\.3 s: It is not marked\./,
    ),
  });
  expect(created).toMatchObject([['d-1', { armed: false, startsAgain: false }]]);
  armedAfter = 150;
  const [, later] = await talk(line(question), line({ form: 1, kind: 'created' }));
  expect(later).toMatchObject({ armed: true });
  expect(later).not.toHaveProperty('refusal');
});

test('a step of a build waits for no sensor', async () => {
  [prevents, armedAfter] = [true, undefined];
  const [first, second] = await talk(line({ ...question, build: true }), line({ form: 1, kind: 'created' }));
  expect(first).not.toHaveProperty('mustArm');
  expect(second).not.toHaveProperty('refusal');
});

test('a refusal of any length is answered on one line that the wrapper takes', async () => {
  refusal = `\n${'ä'.repeat(1997)}\u{1f600}${'b'.repeat(100_000)}`;
  const [first] = await talk(line({ ...question, image: null }));
  expect(first).toEqual({ answer: 'deny', cause: 'verdict', reason: ` ${'ä'.repeat(1997)}…`, id: 'd-1' });
});

test('a refusal ends the conversation', async () => {
  expect(await talk(line({ ...question, image: null }), line({ kind: 'created' }))).toHaveLength(1);
  expect(created).toEqual([]);
});

test.each([
  ['no JSON', 'start it\n'],
  ['another kind', line({ ...question, kind: 'stop' })],
  ['a path for an id', line({ ...question, container: '../../etc' })],
  ['a bundle that is no path from the root', line({ ...question, bundle: 'here' })],
  ['a digest that is none', line({ ...question, image: 'shop/app:1' })],
  ['bytes without an end', randomBytes(3 * 1024 * 1024).toString('base64')],
  ['nothing', Buffer.alloc(0)],
])('what has not the form of a question is not answered: %s', async (_, said) => {
  expect(await talk(said)).toEqual([]);
  expect(await talk(line({ ...question, image: null }))).toHaveLength(1);
});

test('a wrapper that goes away ends the hold of its start', async () => {
  const connection = connect({ path: join(folder, 'run/gate.sock') });
  connection.write(line({ ...question, container: 'held' }));
  await wait(50);
  expect(gone).toBe(0);
  connection.destroy();
  await expect.poll(() => gone).toBe(1);
});

test('nobody but root may ask', () => {
  expect(statSync(join(folder, 'run/gate.sock')).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(join(folder, 'run/gate.sock'))).mode & 0o777).toBe(0o700);
});
