import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ImageDigest, silentLog } from '#base/index.ts';
import type { Model, DesiredConfiguration } from '../contract.ts';
import { modelIdOf, wantedIdOf } from '../model-id.ts';
import { testModel, testRule } from '../testing.ts';
import { type AskConfiguration, openConfigurationClient, type ConfigurationClient } from './desired-configuration.ts';

type Question = Parameters<AskConfiguration>[0];

const soon = { timeout: 5000, interval: 5 };
const model = testModel();
const id = modelIdOf(model.key);
let folder = '';
/** Images that lie on the host. */
let held: readonly ImageDigest[] | undefined = [];
let book: ConfigurationClient | undefined;
beforeEach(() => {
  held = [model.key.digest];
  folder = mkdtempSync(join(tmpdir(), 'seawall-orders-'));
});
afterEach(async () => {
  await book?.close();
  rmSync(folder, { recursive: true });
});

function configuration(revision: string, models: readonly Model[] = []): DesiredConfiguration {
  return {
    revision,
    hostEnvironment: 'prod',
    bucketSeconds: 3600,
    rules: [testRule],
    collections: [],
    models: [...models],
  };
}

/** A console that answers with these, one after the other, and then waits for ever. */
function open(...answers: readonly (DesiredConfiguration | Error)[]) {
  const questions: Question[] = [];
  const reported: number[] = [];
  const left = [...answers];
  book = openConfigurationClient({
    file: join(folder, 'orders.json'),
    async ask(question, signal) {
      questions.push(question);
      const next = left.shift();
      if (next instanceof Error) throw next;
      if (next !== undefined) return next;
      return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    },
    images: () => held,
    changed: () => void reported.push(questions.length),
    log: silentLog,
    pauses: [5, 10],
  });
  return { questions, reported, book };
}

test('each question says what is known, and only news is told', async () => {
  const { questions, reported } = open(configuration('1'), configuration('1'), configuration('2'));
  await expect.poll(() => questions.length, soon).toBe(4);
  expect(questions.map(({ known }) => known)).toEqual([undefined, '1', '1', '2']);
  expect(questions[0]).toMatchObject({ images: [model.key.digest], models: [], wait: 25 });
  expect(reported).toEqual([1, 3]);
});

test('a failure changes nothing, and it is asked again', async () => {
  const { questions, reported, book } = open(
    configuration('1'),
    new Error('away'),
    new Error('away'),
    configuration('2'),
  );
  await expect.poll(() => questions.length, soon).toBe(5);
  expect(reported).toEqual([1, 4]);
  expect(book.current()?.revision).toBe('2');
});

test('a model of the environment that a label chose is asked for and kept beside that of the host', async () => {
  const chosen = { ...model.key, chosen: 'dev' };
  const dev = { ...model, environment: 'dev', version: 7 };
  const { questions, book } = open(configuration('1', [{ ...model, environment: 'prod' }, dev]));
  book.want([model.key, chosen]);
  await expect.poll(() => book.model(id)?.environment, soon).toBe('prod');
  expect(book.model(wantedIdOf(chosen))?.environment).toBe('dev');
  await expect.poll(() => questions.length, soon).toBe(2);
  expect(questions[1]?.models).toEqual([
    { key: model.key, version: model.version },
    { key: model.key, version: 7, environment: 'dev' },
  ]);
});

test('models of containers that are there are kept, others are not; wanting one more is asked at once', async () => {
  const { questions, book } = open();
  await expect.poll(() => questions.length, soon).toBe(1);
  book.want([model.key]);
  await expect.poll(() => questions.length, soon).toBe(2);
  expect(questions[1]?.models).toEqual([{ key: model.key, version: 0 }]);
  book.want([model.key]);
  await new Promise((done) => setTimeout(done, 50));
  expect(questions).toHaveLength(2);
});

test('a restart without a console enforces the same, a torn file nothing', async () => {
  const first = open();
  first.book.want([model.key]);
  await first.book.close();
  const second = open(configuration('1', [model]));
  second.book.want([model.key]);
  await expect.poll(() => existsSync(join(folder, 'orders.json')), soon).toBe(true);
  await second.book.close();
  const third = open(new Error('away'));
  expect(third.book.current()?.revision).toBe('1');
  expect(third.book.model(id)?.key).toEqual(model.key);
  await third.book.close();
  const text = readFileSync(join(folder, 'orders.json'), 'utf8');
  writeFileSync(join(folder, 'orders.json'), text.slice(0, -9));
  expect(open(new Error('away')).book.current()).toBeUndefined();
});

test('what may be started next comes unasked, for the environment of the host and while the image lies there', async () => {
  const next = { ...model, environment: 'prod', version: 4 };
  const elsewhere = { ...model, key: { ...model.key, entrypoint: ['other'] }, environment: 'dev' };
  const { questions, book } = open(configuration('1', [next, elsewhere]), configuration('1'));
  await expect.poll(() => book.model(id), soon).toBe(next);
  await expect.poll(() => questions.length, soon).toBe(3);
  expect(questions[1]?.models).toEqual([{ key: model.key, version: 4 }]);
  expect(book.model(modelIdOf(elsewhere.key))).toBe(undefined);
  book.want([]);
  expect(book.model(id)).toBe(next);
  held = [];
  book.want([]);
  expect(book.model(id)).toBe(undefined);
});

test('what came unasked is there after a restart, before the engine tells of its images', async () => {
  const next = { ...model, environment: 'prod' };
  const first = open(configuration('1', [next]));
  await expect.poll(() => existsSync(join(folder, 'orders.json')), soon).toBe(true);
  await first.book.close();
  held = undefined;
  const { book } = open(new Error('away'));
  book.want([{ ...model.key, entrypoint: ['other'] }]);
  expect(book.model(id)?.environment).toBe('prod');
  held = [];
  book.want([]);
  expect(book.model(id)).toBe(undefined);
});

test('an image that comes is told at once, and a model that is given up at once is no news', async () => {
  const { questions, reported, book } = open(
    configuration('1'),
    configuration('1', [{ ...model, environment: 'dev' }]),
  );
  await expect.poll(() => questions.length, soon).toBe(3);
  expect(reported).toEqual([1]);
  const second = `sha256:${'2'.repeat(64)}` as ImageDigest;
  held = [model.key.digest, second];
  book.want([]);
  await expect.poll(() => questions.length, soon).toBe(4);
  expect(questions[3]?.images).toEqual(held);
  book.want([]);
  await new Promise((done) => setTimeout(done, 50));
  expect(questions).toHaveLength(4);
});
