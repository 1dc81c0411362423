import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startChild } from './child.ts';
import { agentHeap } from './local-agent.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-child-'));
const own = process.argv[1];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that a console starts again with other words, as `startChild` finds its own. */
function program(source: string): void {
  process.argv[1] = join(folder, 'program.mjs');
  writeFileSync(process.argv[1], source);
}

describe('a child of the console', () => {
  let news: unknown[];
  beforeEach(() => void (news = []));
  afterEach(() => void (process.argv[1] = own ?? ''));

  const start = (words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
    startChild({ words, env, heard: (one) => void news.push(one) });

  test('is the same program with other words, in the environment that it is given', async () => {
    program('console.log(JSON.stringify([process.argv.slice(2), process.env.TOKEN, process.env.HOME ?? null]))');
    expect(await start(['scan-host', '--also', 'x y'], { TOKEN: 'secret' }).ended).toEqual({ code: 0, lastWords: '' });
    expect(news).toEqual([[['scan-host', '--also', 'x y'], 'secret', null]]);
  });

  test('gets one line on its standard input, which stays open', async () => {
    program(
      `process.stdin.once('data', (text) => console.log(JSON.stringify([String(text), process.argv.length, process.stdin.readableEnded])) || process.exit(0))`,
    );
    expect(
      (await startChild({ words: [], env: {}, heard: (one) => void news.push(one), line: 'secret' }).ended).code,
    ).toBe(0);
    expect(news).toEqual([['secret\n', 2, false]]);
    program('');
    const gone = startChild({ words: [], env: {}, heard: () => undefined, line: 'x'.repeat(1_000_000) });
    expect((await gone.ended).code).toBe(0);
  });

  test('runs with options of its own, and an agent with those of one that a person starts', async () => {
    program('console.log(JSON.stringify(process.execArgv.slice(-2)))');
    const child = startChild({ words: [], env: {}, heard: (one) => void news.push(one), flags: agentHeap });
    expect((await child.ended).code).toBe(0);
    expect(news).toEqual([agentHeap]);
    const started = readFileSync(join(import.meta.dirname, '../../../bin/seawall'), 'utf8');
    expect(started).toContain(`agent) exec "$node" ${agentHeap.join(' ')} `);
  });

  test('may print lines that are no news; the console hears the others', async () => {
    program(`for (const line of ['{"n":1}', 'DeprecationWarning: old', '', '{"n":', '{"n":2}']) console.log(line)`);
    expect((await start().ended).code).toBe(0);
    expect(news).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('says why it ended: the reason, then what to do next', async () => {
    program(
      `console.error('reading …\\nseawall: The engine sleeps. Start Docker. [docker-unavailable]\\n'); process.exitCode = 2`,
    );
    expect(await start().ended).toEqual({ code: 2, lastWords: 'The engine sleeps. Start Docker.' });
  });

  test('that crashes, is killed or cannot start has failed, and the console lives', async () => {
    program(`throw new Error('a bug')`);
    expect((await start().ended).code).toBe(1);
    program(`process.kill(process.pid, 'SIGKILL')`);
    expect((await start().ended).code).toBe(2);
    process.argv[1] = join(folder, 'not-there.mjs');
    expect((await start().ended).code).toBe(1);
  });

  test('is asked to stop, and killed when it will not', async () => {
    program(`process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000); console.log('"up"')`);
    const willing = start();
    await expect.poll(() => news).toEqual(['up']);
    await willing.stop();
    expect((await willing.ended).code).toBe(0);

    news = [];
    program(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('"up"')`);
    const stubborn = start();
    await expect.poll(() => news).toEqual(['up']);
    await stubborn.stop();
    expect((await stubborn.ended).code).toBe(2);
  });
});
