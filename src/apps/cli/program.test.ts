import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '#base/index.ts';
import type { CommandCall, CommandEntry, ExitCode } from './command.ts';
import { commands } from './commands/index.ts';
import { runProgram } from './program.ts';
import { lastLine, misunderstood, recordingTerminal } from './testing.ts';

async function run(words: readonly string[], entries: readonly CommandEntry[] = commands) {
  const terminal = recordingTerminal({ progress: true });
  const code = await runProgram(words, entries, { terminal, env: {}, version: '7.8.9' });
  return { code, ...terminal.said };
}

describe('the command line', () => {
  test('starts every help with examples, and hides what only programs call', async () => {
    for (const words of [
      [],
      ['--help'],
      ['scan', '--help'],
      ['help', 'scan'],
      ['db', '--help'],
      ['db', 'build', '--help'],
    ]) {
      const { code, out, err } = await run(words);
      expect.soft([code, out.slice(0, 19), err], words.join(' ')).toEqual([0, 'Examples:\n  seawall', '']);
    }
    expect((await run([])).out).not.toContain('catalog');
  });

  test('its help fits 100 columns', async () => {
    const helps = commands.flatMap(({ name, commands: below = [] }) => [
      [name],
      ...below.map((child) => [name, child.name]),
    ]);
    for (const words of [[], ...helps]) {
      const { out } = await run([...words, '--help']);
      expect
        .soft(
          out.split('\n').filter((line) => line.length > 100),
          words.join(' '),
        )
        .toEqual([]);
    }
  });

  test('a command with others below it shows how several of them are called', async () => {
    for (const { name, commands: below = [] } of commands.filter((one) => (one.commands?.length ?? 0) > 1)) {
      const { out } = await run([name, '--help']);
      const shown = below.filter((child) => out.includes(`\n  seawall ${name} ${child.name}`));
      expect.soft(shown.length, name).toBeGreaterThan(1);
    }
  });

  test.each(['rules', 'detectors', 'sources', 'analyzers', 'formats', 'feeds', 'schemes'])(
    'lists %s within 100 columns, and no word is lost',
    async (kind) => {
      const { out } = await run(['list', kind]);
      expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
      const { out: json } = await run(['list', kind, '--format', 'json']);
      const said = JSON.parse(json).flatMap((one: Record<'id' | 'summary', string>) => `${one.id} ${one.summary}`);
      expect(out.split(/\s+/).filter(Boolean)).toEqual(said.join(' ').split(/\s+/));
    },
  );

  test('tells of a gate within 100 columns, and of an engine that cannot be reached as just that', async () => {
    const { out } = await run(['gate', 'status', '--engine', '/nowhere.sock', '--state', '/nowhere']);
    expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(out).toContain('The Docker engine at /nowhere.sock does not answer: there is no such socket.');
    expect(out).toMatch(/Authorization +not known/);
    expect(out).not.toContain('version');
  });

  test('every example in the help is a command line that is understood', async () => {
    const examples = commands.flatMap((entry) => [entry, ...(entry.commands ?? [])]).flatMap((entry) => entry.examples);
    expect(examples.length).toBeGreaterThan(10);
    for (const example of examples) expect.soft(await misunderstood(example), example).toBe('');
  });

  test('tells its version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, out: '7.8.9\n', err: '' });
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'));
    expect((await import('./version.ts')).version).toBe(manifest.version);
  });

  test.each([
    { words: ['scna', 'x'], says: "Unknown command 'scna'. Did you mean scan?" },
    { words: ['db', 'bild'], says: "Unknown command 'bild'. Did you mean build?" },
    { words: ['scan', '--formt', 'json', 'x'], says: "Unknown option '--formt'. Did you mean --format?" },
    { words: ['--frob'], says: "Unknown option '--frob'." },
    { words: ['scan', 'x', 'y'], says: "Too many arguments for 'scan'. Expected 1 argument but got 2: x, y." },
    { words: ['scan', '--fail-on'], says: "Option '--fail-on <limit>' argument missing." },
    { words: ['list'], says: "Missing required argument 'kind'." },
    { words: ['db'], says: 'This needs one of the commands above.' },
    { words: ['scan'], says: 'scan needs a target.' },
    { words: ['scan', 'x', '--input', 'y'], says: 'scan takes a target or --input, not both.' },
    { words: ['scan', 'x', '--format', 'xml'], says: 'There is no format xml.' },
    { words: ['list', 'toString'], says: 'There is no kind toString.' },
    { words: ['console', '--port', '99999'], says: '--port 99999 is no port number.' },
  ])('answers 2 to $words, the reason on the last line', async ({ words, says }) => {
    const { code, out, err } = await run(words);
    expect([code, out, lastLine(err)]).toEqual([2, '', `seawall: ${says} [usage]`]);
  });

  test.each([
    { flags: ['--fail-on', 'high'], env: {}, url: ['--console', 'http://127.0.0.1:1'] },
    { flags: ['--only-fixed'], env: { SEAWALL_CONSOLE: 'http://127.0.0.1:1' }, url: [] },
    { flags: ['--db', 'file.db'], env: {}, url: ['--console', 'http://127.0.0.1:1'] },
  ])('refuses $flags where a console judges, before anything is scanned', async ({ flags, env, url }) => {
    const terminal = recordingTerminal();
    const words = ['scan', 'no-such-target', ...flags, ...url];
    expect(await runProgram(words, commands, { terminal, env, version: '' })).toBe(2);
    expect(lastLine(terminal.said.err)).toBe(
      `seawall: ${flags[0]} does not go with a console: its database and its policies judge. [usage]`,
    );
  });
});

describe('a command', () => {
  const calls: CommandCall[] = [];
  const moor: CommandEntry = {
    name: 'moor',
    usage: '<boat>',
    summary: 'Moor a boat',
    examples: ['seawall moor gull'],
    options: [
      { flags: '--rope <kind>', summary: 'rope', default: 'hemp' },
      { flags: '--fender <place>', summary: 'fender', repeated: true },
      { flags: '--no-knot', summary: 'no knot' },
      { flags: '--quiet', summary: 'no progress' },
    ],
    load: () => Promise.resolve({ run: async (call) => (calls.push(call), ending()) }),
  };
  let ending: () => ExitCode = () => 0;

  test('gets its options wherever they stand, and its words as they are', async () => {
    for (const words of [
      ['moor', '--rope', 'steel', '--fender', 'bow', '--no-knot', 'gull', '--fender', 'stern'],
      ['moor', 'gull', '--fender=bow', '--rope=steel', '--fender=stern', '--no-knot'],
    ]) {
      calls.length = 0;
      expect((await run(words, [moor])).code).toBe(0);
      expect(calls[0]).toMatchObject({
        arguments: ['gull'],
        options: { rope: 'steel', fender: ['bow', 'stern'], knot: false },
      });
    }
    calls.length = 0;
    await run(['moor', '--', '--gull'], [moor]);
    expect(calls[0]).toMatchObject({ arguments: ['--gull'], options: { rope: 'hemp', knot: true } });
  });

  test('draws no progress when it is asked to be quiet', async () => {
    calls.length = 0;
    await run(['moor', 'gull'], [moor]);
    await run(['moor', 'gull', '--quiet'], [moor]);
    expect(calls.map(({ terminal }) => terminal.progress)).toEqual([true, false]);
  });

  test.each([0, 1, 2, 3] as const)('ends with its own code %i', async (code) => {
    ending = () => code;
    expect((await run(['moor', 'gull'], [moor])).code).toBe(code);
  });

  test('that fails is told as an error, a fault of ours with its stack', async () => {
    ending = () => {
      throw new AppError('docker-unavailable', 'The engine sleeps.');
    };
    const expected = await run(['moor', 'gull'], [moor]);
    expect([expected.code, expected.err]).toEqual([
      2,
      'Start Docker, or name its socket with DOCKER_HOST.\nseawall: The engine sleeps. [docker-unavailable]\n',
    ]);
    ending = () => {
      throw new RangeError('off by one');
    };
    const bug = await run(['moor', 'gull'], [moor]);
    expect([bug.code, lastLine(bug.err)]).toEqual([
      2,
      expect.stringContaining('a fault of Seawall itself: off by one'),
    ]);
    expect(bug.err).toContain('RangeError: off by one\n    at ');
  });
});
