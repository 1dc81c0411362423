import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildPages } from './build-pages.ts';
import { newest } from './newest.ts';

/**
 * `npm start` and `npm run demo`, after the packages are there: builds what is older than its sources, then runs the
 * console. The demo builds its pages while it plays.
 */

const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2);
/** The one that the makefile names first: others may lack what it uses. */
const clangs = ['clang-19', 'clang', 'clang-20', 'clang-18'] as const;

if (words.includes('--demo')) {
  const rest = words.filter((word) => word !== '--demo');
  handOver(process.execPath, [demoProgram(), ...rest]);
} else {
  if (!(await buildPages(root))) process.exit(2);
  buildSensor();
  handOver(join(root, 'bin/seawall'), ['console', ...words]);
}

/** The bundle, made anew when a source is newer; the sources where none can be made. It starts in a fifth of their time. */
function demoProgram(): string {
  const bundle = join(root, 'dist/demo/demo.js');
  const sources = ['src', 'tools', 'package-lock.json'].map((name) => join(root, name));
  if (existsSync(bundle) && newest(bundle) >= newest(...sources)) return bundle;
  const words = [join(root, 'tools/bundle.ts'), '--demo', '--quiet'];
  const { status } = spawnSync(process.execPath, words, { stdio: 'ignore' });
  return status === 0 ? bundle : join(root, 'tools/demo.ts');
}

/** As root, where clang is there: without a sensor nothing is seen of what containers do. The console runs without it. */
function buildSensor(): void {
  const sensor = join(root, 'native/build/seawall-sensor');
  const sources = ['include', 'sensor', 'Makefile'].map((name) => join(root, 'native', name));
  if (process.getuid?.() !== 0 || (existsSync(sensor) && newest(sensor) >= newest(...sources))) return;
  const clang = clangs.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  if (clang === undefined) return;
  process.stderr.write('Building the sensor …\n');
  const words = ['-s', '-C', join(root, 'native'), `CLANG=${clang}`, 'build/seawall-sensor'];
  const { status, stderr } = spawnSync('make', words, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status === 0) return;
  const lines = (stderr ?? '').split('\n');
  const why = lines.find((line) => /error|not found|Error/.test(line)) ?? 'make is not there';
  process.stderr.write(
    `The sensor could not be built, so runtime protection stays off: ${why.trim()}\nRun \`make -C native\` to see more.\n`,
  );
}

/** The program has the terminal: signals reach it first, this process only hands on how it ended. */
function handOver(program: string, args: readonly string[]): void {
  const child = spawn(program, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 2 : 0)));
}
