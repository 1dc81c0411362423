import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBundle } from '../make/bundle.ts';
import { buildWrapperPart, canBuildWrapper } from '../make/wrapper.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-arguments-'));
const bundles = [join(folder, 'one'), join(folder, 'two')] as const;
const root = join(folder, 'root');
const log = join(folder, 'log');
const hasRunc = process.getuid?.() === 0 && spawnSync('runc', ['--version']).status === 0;
let printer = '';

/** What stands for what in the rows below: bundles B and C, a root R, a log L. Runs in bundle C. */
const words: Readonly<Record<string, string>> = { B: bundles[0], C: bundles[1], R: root, L: log };

const rows = [
  '--root R create --bundle B one',
  '--root R create -bundle B one',
  '--root R create -b B one',
  '--root R create --b B one',
  '--root R create --bundle=B one',
  '--root R create -b=B one',
  '--root=R create one',
  '-root R create one --bundle B',
  '--root R create one -b=B',
  '--root R create --no-pivot=false --bundle B one',
  '--root R create --no-new-keyring one --bundle B',
  '--root R create --bundle B -- one',
  '--root R create --bundle C --bundle B one',
  '--root R -- create --bundle B one',
  '--debug --root R --log L --log-format json create --bundle B one',
  '--root R --log=L --log-format=text --rootless auto create --bundle B one',
  '--root / --root R create --pid-file L --bundle B one',
  '--root R --systemd-cgroup=false create --preserve-fds 0 --bundle B one',
  '--root R create --bundle --no-pivot one',
  '--root R create --bundle B one two',
  '--root R create --bundle B',
  '--root R create -- --bundle B one',
  '--root R create --no-pivot -- one --bundle B',
  '--root R create --bundle -- one',
  '--root R create --unheard-of B one',
  '--root R run --detach --bundle B one',
  '--root R run -d one -b B',
  '--root R run --keep=false -d --no-subreaper --bundle B one',
  '--root R restore --image-path L --bundle B one',
  '--root R state one',
  '--root R list',
  '--version',
  'create',
] as const;

/** What the wrapper reads. */
function read(row: string): ReadonlyMap<string, string> {
  const said = execFileSync(printer, wordsOf(row), { encoding: 'utf8' }).trim().split('\n');
  return new Map(said.map((line) => [line.split('=')[0] ?? '', line.split('=').slice(1).join('=')]));
}

function wordsOf(row: string): readonly string[] {
  return row.split(' ').map((word) => {
    const [flag = '', value] = word.split('=');
    return value === undefined ? (words[flag] ?? word) : `${flag}=${words[value] ?? value}`;
  });
}

/** Containers that runc made, each with its bundle. */
function made(): readonly { readonly id: string; readonly bundle: string }[] {
  return JSON.parse(execFileSync('runc', ['--root', root, 'list', '-f', 'json'], { encoding: 'utf8' })) ?? [];
}

describe.runIf(canBuildWrapper() && hasRunc)('what runc is called with', () => {
  beforeAll(() => {
    for (const bundle of bundles) makeBundle(bundle);
    printer = buildWrapperPart(folder, 'arguments-print');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is read as runc reads it', () => {
    let count = 0;
    for (const row of rows) {
      rmSync(log, { recursive: true, force: true });
      const { status } = spawnSync('runc', wordsOf(row), { cwd: bundles[1], stdio: 'ignore' });
      const containers = made();
      const mine = read(row);
      for (const { id } of containers) execFileSync('runc', ['--root', root, 'delete', '--force', id]);
      const isVerb = /(?:^| )(?:create|run|restore)(?: |$)/.test(row);
      expect.soft(mine.has('judged'), row).toBe(isVerb);
      if (!isVerb) continue;
      expect.soft(containers.length, row).toBe(status === 0 ? 1 : 0);
      for (const { id, bundle } of containers) {
        count += 1;
        expect.soft(mine.get('container'), row).toBe(id);
        expect.soft(realpathSync(mine.get('bundle') ?? bundles[1]), row).toBe(bundle);
        expect.soft(mine.get('root'), row).toBe(root);
        if (mine.has('log')) expect.soft(mine.get('log'), row).toBe(log);
      }
    }
    expect(count).toBeGreaterThanOrEqual(18);
    expect(existsSync(join(root, 'one'))).toBe(false);
  });

  test.each([
    ['exec one sh', 'one', []],
    ['--root R --log L exec --process P --detach --pid-file F one', 'one', ['P']],
    ['exec -p P one', 'one', ['P']],
    ['exec --process=P -t one', 'one', ['P']],
    ['exec --cap CAP_A -c=CAP_B one sh --cap CAP_C', 'one', ['CAP_A', 'CAP_B']],
    ['exec -e --cap one', 'one', []],
    ['exec --tty=false --cap CAP_A -- one sh', 'one', ['CAP_A']],
    ['exec --new-flag value --cap CAP_A one sh', 'one', ['CAP_A']],
    ['exec --new-flag --cap CAP_A one sh', 'one', ['CAP_A']],
    ['exec --cap', undefined, []],
    ['exec', undefined, []],
  ])('of an exec says what the program gets: %s', (row, container, gets) => {
    const lines = execFileSync(printer, row.split(' '), { encoding: 'utf8' }).trim().split('\n');
    const values = (name: string) =>
      lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
    expect(values('container')[0]).toBe(container);
    expect([...values('process'), ...values('capability')]).toEqual(gets);
  });

  test('of a version to come keeps its container', () => {
    expect(read('--new-flag --root R create --bundle B one').get('container')).toBe('one');
    expect(read('--new-flag value --root R create --bundle B one').get('container')).toBe('one');
    expect(read('--root R create --new-flag --bundle B one').get('bundle')).toBe(bundles[0]);
    expect(read('--root R create --bundle B --new-flag value one').get('container')).toBe('one');
    expect(read('--root R create --bundle B --new-flag one').get('container')).toBe('one');
    expect(read('--root R create --bundle B --new-flag=value one').get('container')).toBe('one');
  });
});
