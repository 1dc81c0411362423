import { type ChildProcess, execFile, type ExecFileException, spawn, type SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a program in a private host ended. */
export interface PrivateRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunWords {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

/**
 * This machine as it could be: a mount namespace in which `/usr`, `/etc` and `/var/lib` may be changed and `/run` is empty,
 * while the machine itself stays as it is. Everything else, `/tmp` above all, is shared. Needs root.
 */
export interface PrivateHost {
  /** Number of the process that holds the namespace. */
  readonly pid: number;
  run(program: string, words: readonly string[], options?: RunWords): Promise<PrivateRun>;
  /** As `run`, and rejects with what it said when it fails. */
  must(program: string, words: readonly string[], options?: RunWords): Promise<string>;
  spawn(program: string, words: readonly string[], options: SpawnOptions): ChildProcess;
  /** What lies here otherwise than on the machine: path, kind, mode, owner, time of change and hash, sorted. */
  differences(): readonly string[];
  /** A path of `/usr`, `/etc`, `/var/lib` or `/run` as this process can open it. */
  place(path: string): string;
  close(): Promise<void>;
}

const overlaid = ['/usr', '/etc', '/var/lib'];

/** Words of a shell that makes the namespace's mounts and then waits. */
function script(folder: string): string {
  const mounts = overlaid.map((place) => {
    const [upper, work] = ['upper', 'work'].map((kind) => join(folder, kind + place));
    return `mkdir -p ${upper} ${work} && mount -t overlay overlay -o lowerdir=${place},upperdir=${upper},workdir=${work} ${place}`;
  });
  return [
    `mount -t tmpfs -o mode=700 tmpfs ${folder}`,
    ...mounts,
    'mount -t tmpfs -o mode=755 tmpfs /run',
    'mkdir -p /run/lock',
    'echo ready',
    'exec sleep infinity',
  ].join(' && ');
}

export async function openPrivateHost(): Promise<PrivateHost> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-host-'));
  const holder = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script(folder)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  holder.stderr.on('data', (text: Buffer) => void (said += text.toString()));
  const isReady = await Promise.race([
    once(holder.stdout, 'data').then(() => true),
    once(holder, 'exit').then(() => false),
  ]);
  if (!isReady) throw new Error(`A private host cannot be made: ${said}`);
  const pid = holder.pid ?? 0;
  const root = `/proc/${pid}/root`;
  const enter = (program: string, words: readonly string[]): string[] => [
    `--mount=/proc/${pid}/ns/mnt`,
    '--',
    program,
    ...words,
  ];
  const run: PrivateHost['run'] = (program, words, options = {}) => execute(enter(program, words), options);
  return {
    pid,
    run,
    must: async (program, words, options) => {
      const { code, stdout, stderr } = await run(program, words, options);
      if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${code}: ${stderr}${stdout}`);
      return stdout.trim();
    },
    spawn: (program, words, options) => spawn('nsenter', enter(program, words), options),
    differences: () =>
      overlaid.flatMap((place) => differing(join(root, folder, `upper${place}`), { place, root })).toSorted(),
    place: (path) => join(root, path),
    close: async () => {
      const ended = once(holder, 'exit');
      holder.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function execute(words: readonly string[], { env, input }: RunWords): Promise<PrivateRun> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 2 ** 26 };
    const child = execFile('nsenter', [...words], options, (error: ExecFileException | null, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
    child.stdin?.on('error', () => undefined).end(input ?? '');
  });
}

/** Only what was touched lies in the upper folder, so nothing else needs a look. */
function differing(
  upper: string,
  { place, root }: { readonly place: string; readonly root: string },
): readonly string[] {
  return readdirSync(upper, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const path = join(place, name);
    const here = describe(join(root, path));
    return here === describe(path) ? [] : [`${path} ${here}`];
  });
}

/** A folder's own time says only that something in it was touched. */
function describe(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  if (stats === undefined) return 'missing';
  const owner = `${stats.mode.toString(8)} ${stats.uid}:${stats.gid}`;
  if (stats.isSymbolicLink()) return `${owner} ${readlinkSync(path)}`;
  if (!stats.isFile()) return owner;
  return `${owner} ${stats.mtimeNs} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}
