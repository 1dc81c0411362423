import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { WireFile } from '../../src/runtime/agent/wire/structs.ts';
import type { TestEngine } from './docker.ts';
import { dockerArchive } from './image.ts';
import { directory, file, makeTar, symlink } from './tar.ts';

const run = promisify(execFile);
const busyboxPath = '/usr/bin/busybox';
const loaderPath = '/lib64/ld-linux-x86-64.so.2';

/** Runs the file that it is given from memory: nothing of it lies in a file system. */
const memorySource = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>
int main(int count, char **words)
{
	int from = open(words[1], O_RDONLY), to = memfd_create("hidden", MFD_CLOEXEC);
	while (sendfile(to, from, 0, 1 << 20) > 0)
		;
	fexecve(to, words + 2, environ);
	return count ? 126 : 0;
}
`;

/** Starts a program in the cgroup of a folder that it is given: the child never was in its parent's. */
const intoCgroupSource = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int count, char **words)
{
	struct clone_args how = { .flags = CLONE_INTO_CGROUP, .exit_signal = 17, .cgroup = open(words[1], O_PATH) };
	int state = 0;
	long child = count < 3 ? -1 : syscall(SYS_clone3, &how, sizeof(how));
	if (child < 0)
		return 125;
	if (child == 0) {
		execv(words[2], words + 2);
		_exit(126);
	}
	waitpid(child, &state, 0);
	return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
}
`;

/** Names of busybox's programs that the image has, each a file of its own. */
export const ownPrograms = [
  'sh',
  'ls',
  'id',
  'sleep',
  'cp',
  'mv',
  'rm',
  'cat',
  'nc',
  'true',
  'env',
  'touch',
  'seq',
  'mkdir',
  'mount',
  'unshare',
] as const;

/** Loads an image of small programs, each with an inode of its own: busybox's, `/bin/in-memory`, `/bin/into-cgroup`, and
 * `/bin/dynamic` with its loader. */
export async function loadProgramImage(engine: Pick<TestEngine, 'load'>, name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'seawall-programs-'));
  const inMemory = build(join(folder, 'in-memory'), memorySource);
  const intoCgroup = build(join(folder, 'into-cgroup'), intoCgroupSource);
  const busybox = readFileSync(busyboxPath);
  const libc = '/lib/x86_64-linux-gnu/libc.so.6';
  const layer = makeTar([
    directory('bin'),
    directory('tmp'),
    directory('lib64'),
    ...ownPrograms.map((one) => file(`bin/${one}`, busybox, 0o755)),
    file('bin/in-memory', inMemory, 0o755),
    file('bin/into-cgroup', intoCgroup, 0o755),
    file('bin/dynamic', readFileSync(realpathSync('/usr/bin/true')), 0o755),
    file('lib64/ld-linux-x86-64.so.2', readFileSync(realpathSync(loaderPath)), 0o755),
    file('lib64/libc.so.6', readFileSync(libc), 0o755),
    symlink('lib', 'lib64'),
  ]);
  await rm(folder, { recursive: true, force: true });
  await engine.load(dockerArchive([layer], { names: [name], config: { config: { Env: ['PATH=/bin'] } } }).bytes);
}

function build(path: string, source: string): Uint8Array {
  const built = spawnSync('gcc', ['-static', '-O1', '-x', 'c', '-', '-o', path], { input: source });
  if (built.status !== 0) throw new Error(`gcc: ${built.stderr}`);
  return readFileSync(path);
}

export interface DockerResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the engine's command line; a code other than 0 is an answer, no failure. */
export async function docker(engine: Pick<TestEngine, 'socket'>, ...words: readonly string[]): Promise<DockerResult> {
  try {
    const done = await run('docker', ['-H', `unix://${engine.socket}`, ...words], { maxBuffer: 2 ** 26 });
    return { code: 0, stdout: done.stdout.trim(), stderr: done.stderr };
  } catch (error) {
    const { code = -1, stdout = '', stderr = String(error) } = error as Partial<DockerResult>;
    return { code, stdout, stderr };
  }
}

/** A file of the image as it lies in the engine's store: what the kernel knows it by. */
export async function imageFile(engine: TestEngine, [image, path]: readonly [string, string]): Promise<WireFile> {
  const layers = await docker(engine, 'image', 'inspect', '--format', '{{.GraphDriver.Data.UpperDir}}', image);
  const about = statSync(join(layers.stdout, path), { bigint: true });
  const device = Number(((about.dev >> 8n) << 20n) | (about.dev & 0xffn));
  return { device, mode: Number(about.mode), inode: about.ino, ctime: about.ctimeNs, size: about.size };
}
