import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ociArchive, ociImage } from '../../test/make/image.ts';
import { npmPackage } from '../../test/make/packages.ts';
import { file, makeTar } from '../../test/make/tar.ts';
import { environmentOf } from '../../test/journeys/real-console.ts';
import { largeImage, layOutDatabase, vulnerableImage } from '../../test/journeys/sample-estate.ts';
import { makePlainFile, makeX64Executable } from './one-file.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'seawall-one-file-'));
const out = join(folder, 'out');
const executable = join(out, 'seawall-linux-x64');
const script = join(out, 'seawall.cjs');
const cache = join(folder, 'cache');
const release = { root, out, version: '0.0.0', epoch: 1 };

beforeAll(async () => {
  await makePlainFile(release);
  await makeX64Executable(release);
  await layOutDatabase(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [command, ...first] = program === script ? [process.execPath, script] : [program];
  const environment = { ...environmentOf(folder), XDG_CACHE_HOME: cache, ...env };
  return spawnSync(command ?? '', [...first, ...words], {
    env: environment,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  });
}

const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('the command line as one file', () => {
  test('is equal byte for byte when it is made again, elsewhere', async () => {
    const again = { ...release, out: join(folder, 'other', 'again') };
    await makePlainFile(again);
    await makeX64Executable(again);
    for (const name of ['seawall.cjs', 'seawall-linux-x64'])
      expect(digest(join(again.out, name)), name).toBe(digest(join(out, name)));
    expect(readdirSync(dirname(again.out)), 'nothing stays beside it').toEqual(['again']);
  });

  test('runs with glibc 2.28 and needs no library that such systems lack', () => {
    const symbols = execFileSync('objdump', ['-T', executable], { encoding: 'utf8', maxBuffer: 256 * 1024 ** 2 });
    const newest = (name: string): string | undefined =>
      [...symbols.matchAll(new RegExp(`\\b${name}_([0-9.]+)`, 'g'))]
        .map(([, version = '']) => version)
        .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
        .at(-1);
    expect({ glibc: newest('GLIBC'), libstdc: newest('GLIBCXX') }).toEqual({ glibc: '2.28', libstdc: '3.4.21' });
    const needed = execFileSync('readelf', ['-d', executable], { encoding: 'utf8' }).match(/(?<=\[)lib\w+/g);
    expect(needed?.toSorted()).toEqual(['libc', 'libdl', 'libgcc_s', 'libm', 'libpthread', 'libstdc']);
  });

  test('holds nothing of the server', () => {
    const text = readFileSync(script, 'latin1');
    for (const name of ['FST_ERR_', 'pgboss', 'class Kysely', 'pg_advisory'])
      expect(text.includes(name), name).toBe(false);
    expect(text.includes('CommanderError'), 'names are found at all').toBe(true);
  });

  test.each([executable, script])('%s says where the commands are that it does not hold', (program) => {
    expect(run(program, ['console']).stderr).toContain(
      '`seawall console` is not in this file. It needs the pages and PostgreSQL',
    );
    expect(run(program, ['agent']).stderr).toContain('It needs the sensor');
    expect(run(program, ['gate', 'install']).stderr).toContain('`seawall gate install` is not in this file.');
    expect(run(program, ['token', 'x']).stderr).toContain(
      'This file does not read the database of a console on this machine.',
    );
    expect(run(program, ['gate', 'install']).status).toBe(2);
  });

  test('takes no options that somebody set for the Node of the machine', () => {
    const { stdout, status } = run(executable, ['version'], { NODE_OPTIONS: '--require=/nowhere.js' });
    expect({ stdout, status }).toEqual({ stdout: run(join(root, 'bin/seawall'), ['version']).stdout, status: 0 });
  });

  test('an older Node is told, before it reads what it does not know', () => {
    const text = readFileSync(script, 'utf8').replace('process.versions.node.split', "'22.1.0'.split");
    const old = join(folder, 'old.cjs');
    writeFileSync(old, text);
    const { stderr, status } = spawnSync(process.execPath, [old, 'version'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^seawall: seawall\.cjs needs Node 24\.7 or newer/);
  });
});

describe('a scan by the one file', () => {
  const bomb = Buffer.concat([Buffer.from('['), Buffer.alloc(60_000_000, '[],'), Buffer.from('[]]')]);
  const rule = 'rule found { strings: $a = "left-pad" condition: $a }\n';

  test('gives the bytes of the checkout’s, with a bomb and with rules for malware', () => {
    const target = join(folder, 'bomb.tar');
    const layer = makeTar([npmPackage('left-pad', '1.3.0'), file('app/node_modules/bomb/package.json', bomb)]);
    writeFileSync(target, ociArchive([ociImage([layer])]));
    mkdirSync(join(folder, 'rules'));
    writeFileSync(join(folder, 'rules/found.yar'), rule);
    for (const words of [[vulnerableImage(folder).archive], [target, '--malware-set', join(folder, 'rules')]]) {
      const [checkout, ...files] = [join(root, 'bin/seawall'), executable, script].map((program) =>
        run(program, ['scan', ...words, '--no-cache', '--format', 'json']),
      );
      expect(checkout?.stdout).toContain('"findings"');
      for (const { stdout, status } of files) {
        expect(status).toBe(checkout?.status);
        expect(stdout === checkout?.stdout).toBe(true);
      }
    }
  });

  test.each([executable, script])('%s keeps what it found, and prints the same of it', (program) => {
    const words = ['scan', vulnerableImage(folder).archive, '--format', 'json'];
    const kept = join(folder, `kept-by-${basename(program)}`);
    // The first keeps its layers, the second what it makes of kept layers, the third prints that.
    const texts = [1, 2, 3].map(() => run(program, words, { XDG_CACHE_HOME: kept }).stdout);
    expect(readdirSync(join(kept, 'seawall/scans'))).toHaveLength(1);
    expect(texts[0]).toContain('"findings"');
    expect(new Set(texts.map((text) => text.replace(/"hashed": "(?:now|before)"/, ''))).size).toBe(1);
  });

  test('reads layers in a process whose memory is bounded', async () => {
    const words = ['scan', largeImage(folder).archive, '--no-cache', '--format', 'json'];
    const child = spawn(executable, words, { env: environmentOf(folder), stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const seen = new Set<string>();
    const look = setInterval(() => childrenOf(child.pid).forEach((line) => seen.add(line)), 5);
    await ended;
    clearInterval(look);
    const bounded = '--node-options=--max-old-space-size=512 --max-semi-space-size=2 --seawall-part layer-worker';
    expect([...seen].some((line) => line.includes(bounded))).toBe(true);
  });
});

function childrenOf(pid: number | undefined): readonly string[] {
  try {
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return pids.map((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').replaceAll('\0', ' '));
  } catch {
    return [];
  }
}

describe('code that is kept', () => {
  const place = (): string => {
    const [name = ''] = readdirSync(join(cache, 'seawall/compiled'));
    return join(cache, 'seawall/compiled', name);
  };
  const version = (): string => run(executable, ['version']).stdout;

  test('is the user’s own, and is made again where it is damaged', () => {
    rmSync(cache, { recursive: true, force: true });
    const printed = version();
    expect(statSync(place()).mode & 0o777).toBe(0o600);
    const whole = readFileSync(place());
    writeFileSync(place(), whole.subarray(0, 5000));
    expect(version()).toBe(printed);
    expect(readFileSync(place()).length, 'kept again').toBeGreaterThan(100_000);
  });

  test('is not read where others may have written it', () => {
    version();
    const [file, other] = [place(), join(folder, 'elsewhere')];
    writeFileSync(other, 'version\nx');
    rmSync(file);
    symlinkSync(other, file);
    version();
    expect(statSync(other).size, 'nothing is written through a link').toBe(9);
    execFileSync('chmod', ['666', file]);
    const inode = statSync(file).ino;
    version();
    expect(statSync(file).ino, 'another file took its place').not.toBe(inode);
    expect(existsSync(file)).toBe(true);
  });
});
