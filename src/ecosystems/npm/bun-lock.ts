import { parseJsonWithin } from '#base/index.ts';
import { asFields, type Fields, textIn } from '../fields.ts';
import { isFolder, isTooDeep, type Locked, type LockFile, splitAt, wantedIn } from './lock-file.ts';
import { plainJson } from './plain-json.ts';

const limits = { bytes: 64 * 1024 ** 2, tokens: 4_000_000, depth: 100 };

/** `bun.lock` (https://bun.com/docs/pm/lockfile): JSON with commas before closing brackets. */
export function readBunLock(text: string): LockFile | string {
  const read = parseJsonWithin(plainJson(text), limits);
  if (read.kind !== 'read') return read.why;
  const whole = asFields(read.value);
  const packages = asFields(whole?.['packages']);
  if (whole === undefined || packages === undefined) return 'it lists no packages';
  const lock = new Map<string, Locked>();
  for (const [key, value] of Object.entries(packages)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [];
    const named = splitAt(typeof values[0] === 'string' ? values[0] : '');
    if (named === undefined) return `nothing tells what ${key.slice(0, 200)} is`;
    const needs = neededBy(key, values.map(asFields).find((one) => one !== undefined) ?? {}, {
      packages,
      fields: toRun,
    });
    lock.set(key, { ...packageOf(key, named), needs });
  }
  for (const [folder, value] of Object.entries(asFields(whole['workspaces']) ?? {})) {
    const one = asFields(value) ?? {};
    const own = textIn(one, 'name') ?? '';
    lock.set(`workspace ${folder}`, {
      name: own,
      version: undefined,
      origin: 'project',
      isAlias: false,
      needs: neededBy(own, one, { packages, fields: toRun }),
      needsToDevelop: neededBy(own, one, { packages, fields: ['devDependencies'] }),
    });
  }
  return lock;
}

const toRun = ['dependencies', 'optionalDependencies', 'peerDependencies'];

/** A key is the way to a package through the folders of others: `debug/ms`. It is looked for from the nearest of them on. */
function neededBy(
  key: string,
  one: Fields,
  { packages, fields }: { readonly packages: Fields; readonly fields: readonly string[] },
): readonly string[] {
  const ways = waysUp(key);
  return wantedIn(one, fields).flatMap(
    ([name]) => ways.map((way) => `${way}${name}`).find((each) => Object.hasOwn(packages, each)) ?? [],
  );
}

/** `a/@b/c` → `a/@b/c/`, `a/`, and none. */
function waysUp(key: string): readonly string[] {
  if (isTooDeep(key)) return [];
  const names = key.match(/(?:@[^/]+\/)?[^/]+/g) ?? [];
  return [...names.map((_, index) => `${names.slice(0, names.length - index).join('/')}/`), ''];
}

function packageOf(key: string, [name, version]: readonly [string, string]): Omit<Locked, 'needs'> {
  const isVersion = /^\d/.test(version);
  const isOwn = /^(?:workspace|root):/.test(version) || isFolder(version);
  return {
    name,
    version: isVersion ? version : undefined,
    origin: isVersion ? 'registry' : isOwn ? 'project' : 'elsewhere',
    isAlias: !`/${key}`.endsWith(`/${name}`),
  };
}
