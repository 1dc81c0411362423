import { parseJsonWithin } from '#base/index.ts';
import { asFields, type Fields } from '../fields.ts';
import { type Locked, type LockFile, splitAt } from './lock-file.ts';

const limits = { bytes: 64 * 1024 ** 2, tokens: 4_000_000, depth: 100 };

/**
 * `deno.lock` in the versions 2 to 5: its packages of npm, and those of JSR by the names under which JSR serves them to npm
 * (https://jsr.io/docs/npm-compatibility). Modules that are fetched by their URL are no packages.
 */
export function readDenoLock(text: string): LockFile | string {
  const read = parseJsonWithin(text, limits);
  if (read.kind !== 'read') return read.why;
  const whole = asFields(read.value);
  if (typeof whole?.['version'] !== 'string') return 'it does not state its version';
  const { npm, jsr, specifiers } = partsOf(whole);
  const single = byName(npm);
  const lock = new Map<string, Locked>();
  for (const [key, value] of Object.entries(npm)) {
    const [name, version] = splitAt(key) ?? [key, ''];
    const one = asFields(value) ?? {};
    lock.set(`npm:${key}`, {
      name,
      version: version.replace(/_.*$/s, '') || undefined,
      isAlias: false,
      origin: typeof one['tarball'] === 'string' ? 'elsewhere' : 'registry',
      needs: ['dependencies', 'optionalDependencies'].flatMap((field) => neededIn(one[field], npm, single)),
    });
  }
  for (const key of Object.keys(jsr)) {
    const [name, version] = splitAt(key) ?? [key, ''];
    lock.set(`jsr:${key}`, {
      name: `@jsr/${name.replace(/^@/, '').replace('/', '__')}`,
      version: version || undefined,
      origin: 'elsewhere',
      isAlias: false,
      needs: [],
    });
  }
  const needs = Object.entries(specifiers).flatMap(([asked, answer]) =>
    answeredBy(asked, answer).filter((key) => lock.has(key)),
  );
  return lock.set('project', { name: '', version: undefined, origin: 'project', isAlias: false, needs });
}

/** Version 3 keeps all in `packages`, version 2 what is of npm in `npm.packages`. */
function partsOf(whole: Fields): { readonly npm: Fields; readonly jsr: Fields; readonly specifiers: Fields } {
  const inside = asFields(whole['packages']) ?? whole;
  const npm = asFields(inside['npm']) ?? {};
  return {
    npm: asFields(npm['packages']) ?? npm,
    jsr: asFields(inside['jsr']) ?? {},
    specifiers: asFields(inside['specifiers']) ?? asFields(npm['specifiers']) ?? {},
  };
}

/** What was asked for, `npm:debug@4`, and what answers it: `4.3.6`, in version 3 `npm:debug@4.3.6`, in version 2 `debug@4.3.6`. */
function answeredBy(asked: string, answer: unknown): readonly string[] {
  if (typeof answer !== 'string') return [];
  const [, registry = 'npm:', wanted = ''] = /^(npm:|jsr:)?(.*)$/s.exec(asked) ?? [];
  const [name] = splitAt(wanted) ?? [wanted];
  return [answer, `npm:${answer}`, `${registry}${name}@${answer}`];
}

/** Names alone where the file has one version of the package, `name@version`, or by the name that an alias gives. */
function neededIn(listed: unknown, npm: Fields, single: ReadonlyMap<string, string>): readonly string[] {
  const wanted: readonly unknown[] = Array.isArray(listed) ? listed : Object.values(asFields(listed) ?? {});
  return wanted.flatMap((one) => {
    if (typeof one !== 'string') return [];
    const key = one.replace(/^.+@npm:/s, '');
    if (Object.hasOwn(npm, key)) return [`npm:${key}`];
    const found = single.get(key);
    return found === undefined ? [] : [`npm:${found}`];
  });
}

function byName(npm: Fields): ReadonlyMap<string, string> {
  return new Map(Object.keys(npm).map((key) => [splitAt(key)?.[0] ?? key, key]));
}
