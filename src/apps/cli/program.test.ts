import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '#base/index.ts';
import type { CommandCall, CommandEntry, ExitCode } from './command.ts';
import { commands } from './commands/index.ts';
import { formats } from './formats/index.ts';
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

  test('its help fits 80 columns', async () => {
    const helps = commands.flatMap(({ name, commands: below = [] }) => [
      [name],
      ...below.map((child) => [name, child.name]),
    ]);
    for (const words of [[], ...helps]) {
      const { out } = await run([...words, '--help']);
      expect
        .soft(
          out.split('\n').filter((line) => line.length > 80),
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
    'lists %s within 80 columns, and no word is lost',
    async (kind) => {
      const { out } = await run(['list', kind]);
      expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
      const { out: json } = await run(['list', kind, '--format', 'json']);
      const said = JSON.parse(json).flatMap((one: Record<'id' | 'summary', string>) => `${one.id} ${one.summary}`);
      expect(out.split(/\s+/).filter(Boolean)).toEqual(said.join(' ').split(/\s+/));
    },
  );

  test('shows a gate within 80 columns, and an engine that cannot be reached as just that', async () => {
    const { out } = await run(['gate', 'status', '--engine', '/nowhere.sock', '--state', '/nowhere']);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(out).toContain('/nowhere.sock');
    expect(out).toMatch(/Authorization +unknown/);
    expect(out).not.toContain('version');
  });

  test('every example in the help is a command line that is understood', async () => {
    const examples = commands.flatMap((entry) => [entry, ...(entry.commands ?? [])]).flatMap((entry) => entry.examples);
    expect(examples.length).toBeGreaterThan(10);
    for (const example of examples) expect.soft(await misunderstood(example), example).toBe('');
  });

  test('prints its version', async () => {
    for (const word of ['--version', '-v']) expect(await run([word])).toEqual({ code: 0, out: '7.8.9\n', err: '' });
    expect((await run(['version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'));
    expect((await import('./version.ts')).version).toBe(manifest.version);
  });

  test.each([
    { words: ['scna', 'x'], names: ['scna', 'scan?'] },
    { words: ['db', 'bild'], names: ['bild', 'build?'] },
    { words: ['scan', '--formt', 'json', 'x'], names: ['--formt', '--format?'] },
    { words: ['scan', 'x', '--only-fix'], names: ['--only-fix', '--only-fixed?'] },
    { words: ['--consle', 'x', 'alerts'], names: ['--consle', '--console?'] },
    { words: ['--frob'], names: ['--frob'] },
    { words: ['scan', 'x', 'y'], names: ["'scan'", '1', '2', 'x, y'] },
    { words: ['scan', '--fail-on'], names: ['--fail-on <limit>'] },
    { words: ['list'], names: ["'kind'"] },
    { words: ['db'], names: [] },
    { words: ['scan'], names: ['scan'] },
    { words: ['scan', 'x', '--input', 'y'], names: ['--input'] },
    { words: ['scan', 'x', '--format', 'xml'], names: ['xml', 'sarif'] },
    { words: ['scan', 'x', '--severity', 'grave'], names: ['grave', 'critical'] },
    { words: ['scan', 'x', '--list', '--format', 'json'], names: ['--list', '--severity'] },
    { words: ['list', 'toString'], names: ['toString', 'ecosystems'] },
    { words: ['completion', 'tcsh'], names: ['tcsh', 'fish'] },
    { words: ['console', '--port', '99999'], names: ['--port 99999'] },
  ])('answers 2 to $words, and the last line has the code and names $names', async ({ words, names }) => {
    const { code, out, err } = await run(words);
    expect([code, out, lastLine(err)]).toEqual([2, '', expect.stringMatching(/^seawall: [A-Z\-a-z].*\[usage\]$/)]);
    for (const name of names) expect.soft(lastLine(err)).toContain(name);
  });

  test('names each format in the help of scan', async () => {
    const { out } = await run(['scan', '--help']);
    const named = /--format <format>\s+([^(]*)\(table\)/
      .exec(out)?.[1]
      ?.split(/[\s,]+/)
      .filter((word) => word !== '');
    expect(named).toEqual(formats.map(({ id }) => id));
  });

  test('says of a policy file that is not there just that', async () => {
    const { code, err } = await run(['policy', 'test', '/nope/policy.yaml']);
    expect([code, lastLine(err)]).toEqual([2, expect.stringMatching(/\/nope\/policy\.yaml.*\[file-unreadable\]$/)]);
    expect(err).not.toContain('ENOENT');
  });

  test('completes what it knows in bash, and has a script for each shell', async () => {
    const script = (await run(['completion', 'bash'])).out;
    const completed = (...words: readonly string[]) =>
      execFileSync('bash', [
        '-c',
        `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _seawall; echo "\${COMPREPLY[*]}"`,
        'x',
        ...words,
      ])
        .toString()
        .trim();
    expect(completed('seawall', 'sc')).toBe('scan');
    expect(completed('seawall', 'db', '')).toBe('build update import info');
    expect(completed('seawall', '--quiet', 'db', 'build', '--o')).toBe('--out');
    expect(completed('seawall', 'scan', 'app:7', '--fo')).toBe('--format');
    for (const shell of ['zsh', 'fish']) {
      const { code, out } = await run(['completion', shell]);
      expect([code, out.includes('db build'), out.includes('catalog')], shell).toEqual([0, true, false]);
    }
  });

  test('its manual page names every command and option, in plain ASCII', async () => {
    const { out } = await run(['man']);
    const plainText = out.replaceAll('\\-', '-').replaceAll(/\\\[u2019\]/g, '’');
    const shown = commands.filter(({ hidden }) => hidden !== true).flatMap((entry) => entry.commands ?? [entry]);
    for (const { name, options } of shown) {
      expect.soft(plainText).toMatch(new RegExp(`^\\.SS seawall (\\w+ )?${name}\\b`, 'm'));
      for (const { flags, hidden } of options) if (hidden !== true) expect.soft(plainText).toContain(`.B ${flags}\n`);
    }
    expect(out).toMatch(/^[\n\u0020-\u007e]*$/);
  });

  test.each([
    { flags: ['--fail-on', 'high'], env: {}, url: ['--console', 'http://127.0.0.1:1'] },
    { flags: ['--only-fixed'], env: { SEAWALL_CONSOLE: 'http://127.0.0.1:1' }, url: [] },
    { flags: ['--db', 'file.db'], env: {}, url: ['--console', 'http://127.0.0.1:1'] },
  ])('refuses $flags where a console judges, before anything is scanned', async ({ flags, env, url }) => {
    const terminal = recordingTerminal();
    const words = ['scan', 'no-such-target', ...flags, ...url];
    expect(await runProgram(words, commands, { terminal, env, version: '' })).toBe(2);
    expect(lastLine(terminal.said.err)).toMatch(new RegExp(`^seawall: ${flags[0]} .*\\[usage\\]$`));
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

  test('that fails is reported as an error, a fault of ours with its stack', async () => {
    ending = () => {
      throw new AppError('docker-unavailable', 'The engine sleeps.');
    };
    const expected = await run(['moor', 'gull'], [moor]);
    expect([expected.code, expected.err]).toEqual([2, expect.stringMatching(/^seawall: .* \[docker-unavailable\]\n$/)]);
    ending = () => {
      throw new RangeError('off by one');
    };
    const bug = await run(['moor', 'gull'], [moor]);
    expect([bug.code, lastLine(bug.err)]).toEqual([2, expect.stringMatching(/^seawall: .*off by one/)]);
    expect(bug.err).toContain('RangeError: off by one\n    at ');
  });
});
