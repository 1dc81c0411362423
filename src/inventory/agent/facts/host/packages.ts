import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { HostShape, HostSystem, VerifiedProgram } from '../../../facts/host.ts';
import { attempt, attemptLater, type HostAccess } from './fields.ts';
import { programOf } from './files.ts';
import type { HostReader } from './host-reader.ts';

const dpkg = '/var/lib/dpkg';
const programs = [
  'dockerd',
  'docker-proxy',
  'containerd',
  'containerd-shim',
  'containerd-shim-runc-v1',
  'containerd-shim-runc-v2',
  'runc',
];
const largestProgram = 512 * 1024 * 1024;
const largestDatabase = 64 * 1024 * 1024;

/** The host's system, and whether what runs containers is as packages installed it. */
export async function collectPackages(
  access: HostAccess,
): Promise<FieldsOf<Pick<HostShape, 'system' | 'programVerification'>>> {
  return {
    system: await attemptLater(() => system(access)),
    programVerification: await attemptLater(() => verification(access)),
  };
}

async function system({ host, run }: HostAccess): Promise<Field<HostSystem>> {
  const release = host.text('/etc/os-release') ?? host.text('/usr/lib/os-release');
  if (release === undefined) return missing('there is no /etc/os-release');
  const ids = systemIdsOf(release);
  const status = host.text(`${dpkg}/status`, largestDatabase);
  if (status !== undefined)
    return known({ ids, packages: count(status, /^Status: \S+ \S+ installed$/gm) }, `${dpkg}/status`);
  const apk =
    host.text('/lib/apk/db/installed', largestDatabase) ?? host.text('/usr/lib/apk/db/installed', largestDatabase);
  if (apk !== undefined) return known({ ids, packages: count(apk, /^P:/gm) }, 'apk/db/installed');
  const rpm = await run('rpm', ['-qa', '--qf', '%{NAME}\\n']);
  if (rpm.kind === 'absent') return known({ ids, packages: null }, '/etc/os-release');
  if (rpm.kind === 'failed') return missing(`rpm -qa failed: ${rpm.why}`);
  return known({ ids, packages: count(rpm.output, /^(?!gpg-pubkey$)./gm) }, 'rpm -qa');
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** ID of os-release(5), and with its variant where it has one. */
export function systemIdsOf(text: string): readonly string[] {
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}=["']?([a-z0-9._-]+)["']?\\s*$`, 'm').exec(text)?.[1];
  const id = value('ID') ?? 'linux';
  const variant = value('VARIANT_ID');
  return variant === undefined ? [id] : [id, `${id}-${variant}`];
}

async function verification(access: HostAccess): Promise<Field<readonly VerifiedProgram[]>> {
  const { host, run } = access;
  const paths = programPaths(access);
  if (host.file(`${dpkg}/info`) !== undefined) return known(await verifiedByDpkg(access, paths), `${dpkg}/info`);
  const found: VerifiedProgram[] = [];
  for (const path of paths) {
    const result = await run('rpm', ['-V', '--nomtime', '-f', path]);
    if (result.kind === 'absent') return missing('programs cannot be verified here: there is neither dpkg nor rpm');
    // rpm ends with an error where anything of the package differs.
    const state = rpmStateOf(path, result.kind === 'failed' ? `${result.output}\n${result.why}` : result.output);
    if (result.kind === 'failed' && state === 'clean' && result.output === '')
      return missing(`rpm -V failed: ${result.why}`);
    found.push({ path, state });
  }
  return known(found, 'rpm -V');
}

/** Lines of `rpm -V`: nine letters or dots, then the path; only a changed content, size or link counts. */
export function rpmStateOf(path: string, output: string): VerifiedProgram['state'] {
  if (/is not owned by any package/.test(output)) return 'unowned';
  const line = output.split('\n').find((each) => each.endsWith(` ${path}`));
  return line !== undefined && /^(?:S|..5|....L|missing)/.test(line) ? 'changed' : 'clean';
}

function programPaths({ host, engine }: HostAccess): readonly string[] {
  const runtimes = engine.runtimePrograms.kind === 'known' ? engine.runtimePrograms.value : [];
  const found = [...programs, '/usr/libexec/docker/docker-proxy', ...runtimes].flatMap((name) => {
    const file = programOf(host, name);
    return file === undefined ? [] : (host.resolve(file.path) ?? []);
  });
  return [...new Set(found)];
}

/** dpkg keeps an MD5 for each file of a package; a diversion moves a package's file to another place. */
async function verifiedByDpkg(access: HostAccess, paths: readonly string[]): Promise<readonly VerifiedProgram[]> {
  const { host, engine } = access;
  const diversions = diversionsOf(host.text(`${dpkg}/diversions`) ?? '');
  const sources = new Map(diversions.map(({ from, to }) => [to, from]));
  const diverted = new Map(diversions.map(({ from, to }) => [from, to]));
  const moved = paths.flatMap((path) => diverted.get(path) ?? []);
  const wanted = [...new Set([...paths, ...moved])].filter((path) => host.file(path) !== undefined);
  const sums = await sumsOf(
    access,
    wanted.map((path) => sources.get(path) ?? path),
  );
  const found: VerifiedProgram[] = [];
  for (const path of wanted) {
    const ours: ExpectedSum = { algorithm: 'sha256', sum: engine.wrapper?.toLowerCase(), match: 'own' };
    const sum = sums.get(sources.get(path) ?? path);
    if (diverted.has(path)) found.push({ path, state: await verified(access, path, ours) });
    else if (sum !== undefined)
      found.push({ path, state: await verified(access, path, { algorithm: 'md5', sum, match: 'clean' }) });
    // Without a diversion the wrapper stands beside the runtime, where no package has a file.
    else found.push({ path, state: (await verified(access, path, ours)) === 'own' ? 'own' : 'unowned' });
  }
  return found;
}

interface ExpectedSum {
  readonly algorithm: 'md5' | 'sha256';
  /** Missing: nobody installed a file there. */
  readonly sum: string | undefined;
  readonly match: 'own' | 'clean';
}

async function verified(
  { host, memory }: HostAccess,
  path: string,
  { algorithm, sum, match }: ExpectedSum,
): Promise<VerifiedProgram['state']> {
  if (sum === undefined) return 'unowned';
  const file = join(host.root, host.resolve(path) ?? path);
  const actual = await memory.of(`${algorithm} ${file}`, async () => ({
    value: await hashOf(file, algorithm),
    from: [file],
  }));
  return actual === sum ? match : 'changed';
}

/** In parts, so that a program of 100 MB neither fills the memory nor keeps others waiting. */
async function hashOf(path: string, algorithm: 'md5' | 'sha256'): Promise<string> {
  const hash = createHash(algorithm);
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const handle = await open(path, flags);
  try {
    for await (const part of handle.createReadStream({ end: largestProgram })) hash.update(part);
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

/** `/var/lib/dpkg/diversions`: from, to, and the package that asked, a line each. */
export function diversionsOf(text: string): readonly { readonly from: string; readonly to: string }[] {
  const lines = text.split('\n');
  return lines.flatMap((from, at) => {
    const to = lines[at + 1];
    return at % 3 === 0 && from.startsWith('/') && to?.startsWith('/') === true ? { from, to } : [];
  });
}

/** Sums of these paths in all packages, looked for again when dpkg has changed its lists. */
function sumsOf({ host, memory }: HostAccess, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return memory.of(`sums ${paths.join(':')}`, async () => {
    const { sums, lists } = await findSums(host, paths);
    return { value: sums, from: [`${dpkg}/info`, ...lists].map((path) => join(host.root, path)) };
  });
}

interface FoundSums {
  readonly sums: ReadonlyMap<string, string>;
  /** Paths of the lists that tell them. */
  readonly lists: readonly string[];
}

/** A package may name a path as it was before `/bin` became a link. */
async function findSums(host: HostReader, paths: readonly string[]): Promise<FoundSums> {
  const sums = new Map<string, string>();
  const lists = new Set<string>();
  const spellings = new Map(
    paths.flatMap((path) => [path, path.replace(/^\/usr\//, '/')].map((each) => [each.slice(1), path])),
  );
  for (const name of host.names(`${dpkg}/info`) ?? []) {
    if (!name.endsWith('.md5sums')) continue;
    const text = attempt(() => known(host.text(`${dpkg}/info/${name}`, 8 * 1024 * 1024) ?? '', name));
    if (text.kind === 'missing') continue;
    // There are hundreds of them; others have a turn between two.
    await setImmediate();
    for (const line of text.value.split('\n')) {
      const path = spellings.get(line.slice(34));
      if (path === undefined) continue;
      sums.set(path, line.slice(0, 32));
      lists.add(`${dpkg}/info/${name}`);
    }
  }
  return { sums, lists: [...lists] };
}
