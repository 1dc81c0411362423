import { parseJsonWithin } from '#base/index.ts';

/** What a `package.json` says of its package; all of it optional, since nobody checks it after installation. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly licenses: readonly string[];
  /** Whether npm wrote down where it fetched the package, as it did up to version 6. */
  readonly isFetched: boolean;
  /** Names of the packages that it needs to run. */
  readonly requires: readonly string[];
}

/** No package comes near: the largest that are published have some thousand values. */
const limits = { bytes: 64 * 1024 ** 2, tokens: 1_000_000, depth: 1000 };

/** Reads a `package.json`; why not, when it is no JSON object or holds more than any manifest does. */
export function parseManifest(text: string): Manifest | string {
  const read = parseJsonWithin(text.startsWith('\ufeff') ? text.slice(1) : text, limits);
  if (read.kind !== 'read') return read.why;
  const json = read.value;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'it is no object';
  const { name, version, license, licenses, _resolved: origin, ...others } = json as Readonly<Record<string, unknown>>;
  return {
    ...(typeof name === 'string' && name !== '' && { name }),
    ...(typeof version === 'string' && version !== '' && { version: version.trim() }),
    licenses: [license, ...(Array.isArray(licenses) ? (licenses as readonly unknown[]) : [licenses])].flatMap(
      licenseOf,
    ),
    isFetched: typeof origin === 'string' && /^https?:/.test(origin),
    requires: requiredIn(others),
  };
}

/** Peers count: a package manager installs them for whoever names them. */
const requiring = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;

function requiredIn(manifest: Readonly<Record<string, unknown>>): readonly string[] {
  const names = requiring.flatMap((field) => {
    const listed = manifest[field];
    return typeof listed === 'object' && listed !== null && !Array.isArray(listed) ? Object.keys(listed) : [];
  });
  return [...new Set(names)].filter((name) => name !== '');
}

/** Text as of today, or the object of older packages: `{"type": "MIT", "url": …}`. */
function licenseOf(license: unknown): readonly string[] {
  if (typeof license === 'string' && license !== '') return [license];
  if (typeof license !== 'object' || license === null || !('type' in license)) return [];
  return typeof license.type === 'string' ? [license.type] : [];
}
