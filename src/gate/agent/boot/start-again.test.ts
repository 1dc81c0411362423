import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import type { EngineContainer } from '../host/engine-container.ts';
import { StartAgain, type StartAgainOptions } from './start-again.ts';
import { readToStart, troubleProblems } from './trouble.ts';

const id = 'a'.repeat(64);
const web: EngineContainer = {
  name: 'web',
  imageId: '',
  imageName: 'web:1',
  labels: {},
  command: [],
  restarts: 'always',
  isRunning: false,
  isStopped: false,
};

let folder: string;
/** What the engine and the gate say now. */
let engine: { container: EngineContainer | 'not-known' | 'too-long' | undefined; error: string | undefined };
let answer: 'allow' | 'deny' | 'unknown';
let starts: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-again-'));
  engine = { container: web, error: undefined };
  answer = 'allow';
  starts = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const file = (): string => join(folder, 'to-start.json');

function open(more: Partial<StartAgainOptions> = {}): StartAgain {
  return new StartAgain({
    file: file(),
    container: async () => engine.container,
    outlook: async () => answer,
    async start() {
      starts += 1;
      if (engine.error !== undefined) throw new Error(engine.error);
    },
    log: silentLog,
    ...more,
  });
}

async function look(again: StartAgain, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) again.look();
  await again.settled();
}

const stored = (): readonly string[] => troubleProblems(readToStart(file()).trouble);

test('what cannot be started is told with why, also by the file, until it runs', async () => {
  const again = open();
  engine.error = 'port 80 is taken\u0000.';
  again.add(id);
  await again.settled();
  const once =
    'The container web was refused while no agent was there, and could not be started since: port 80 is taken . Mend that, and start it: docker start web.';
  expect(again.problems()).toEqual([once]);
  expect(stored()).toEqual([once]);
  engine.error = undefined;
  await look(again, 1);
  expect(again.problems()).toEqual([]);
  expect(stored()).toEqual([]);
});

test('what was tried often enough is told on, over a restart of the agent, until nobody wants it', async () => {
  const again = open();
  engine.error = 'no such device';
  again.add(id);
  await look(again, 20);
  expect(starts).toBe(10);
  expect(again.problems()).toEqual([expect.stringContaining('in 10 tries: no such device. Mend that')]);
  expect(stored()).toEqual(again.problems());
  expect(readToStart(file()).containers).toEqual([]);
  const later = open();
  await look(later, 1);
  expect(starts).toBe(10);
  expect(later.problems()).toHaveLength(1);
  engine.container = 'not-known';
  await look(later, 1);
  expect(later.problems()).toHaveLength(1);
  engine.container = { ...web, isRunning: true };
  await look(later, 1);
  expect(later.problems()).toEqual([]);
});

test('one that the gate refuses each time is not tried for ever, and again when it is refused later', async () => {
  let now = 0;
  const again = open({ now: () => now });
  engine.error = 'its runtime rule prevents, and the sensor had not armed it';
  again.add(id);
  for (let time = 0; time < 30; time += 1) {
    await look(again, 1);
    // The wrapper's word about each try comes when the engine has answered.
    again.add(id);
    await again.settled();
  }
  expect(starts).toBe(10);
  expect(again.problems()).toHaveLength(1);
  now = 120_000;
  engine.error = undefined;
  again.add(id);
  await again.settled();
  expect(starts).toBe(11);
  expect(again.problems()).toEqual([]);
});

test('what waits long for a word about its image is told, and started when it comes', async () => {
  const again = open();
  answer = 'unknown';
  again.add(id);
  await look(again, 10);
  expect(again.problems()).toEqual([]);
  await look(again, 20);
  expect(again.problems()).toEqual([expect.stringMatching(/\bunknown\b/)]);
  answer = 'allow';
  await look(again, 1);
  expect(starts).toBe(1);
  expect(again.problems()).toEqual([]);
});

test('of many the first are named and the rest are counted', async () => {
  const again = open();
  engine.container = 'too-long';
  for (let at = 0; at < 15; at += 1) again.add(`${at}`.padStart(64, '0'));
  await again.settled();
  expect(again.problems()).toHaveLength(11);
  expect(again.problems().at(-1)).toBe('5 more containers were refused while no agent was there, and do not start.');
});
