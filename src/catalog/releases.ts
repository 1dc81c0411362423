import type { AnalyzersClass } from './counting-scans.ts';
import type { Catalog } from './contract.ts';

/** An analyzer that every scan of a release has. */
export interface ListedAnalyzer {
  readonly id: string;
  readonly version: number;
  /** Missing: both. */
  readonly of?: 'image' | 'file-system';
  /** Operating systems of the images that it is needed for, as in their platform; missing: everything. */
  readonly os?: readonly string[];
}

export interface Releases {
  /** The release of this console. */
  readonly current: readonly ListedAnalyzer[];
  /** The release before it, whose agents it serves too. */
  readonly before: readonly ListedAnalyzer[];
}

/** What is scanned, as far as it decides which analyzers there must be. */
export type ScannedKind = { readonly kind: 'image'; readonly os: string } | { readonly kind: 'file-system' };

/**
 * Analyzers of this release and of the one before, whose agents did not list executables (`test/versions/v0.1`). A test
 * holds that the first list is what is registered. With a release, the first list becomes the second.
 */
export const releases: Releases = {
  current: [
    { id: 'os-release', version: 2 },
    { id: 'dpkg', version: 2 },
    { id: 'apk', version: 1 },
    { id: 'rpm', version: 1 },
    { id: 'content-sets', version: 1 },
    { id: 'npm', version: 3 },
    { id: 'npm-application', version: 2 },
    { id: 'npm-lock', version: 1, of: 'file-system' },
    { id: 'yarn-pnp', version: 1 },
    { id: 'npm-manifest', version: 1, of: 'file-system' },
    { id: 'jar', version: 3 },
    { id: 'tomcat', version: 1 },
    { id: 'gradle-lock', version: 1, of: 'file-system' },
    { id: 'maven-project', version: 2, of: 'file-system' },
    { id: 'gradle-build', version: 1, of: 'file-system' },
    { id: 'golang', version: 2 },
    { id: 'golang-sources', version: 1, of: 'file-system' },
    { id: 'cargo', version: 2 },
    { id: 'cargo-lock', version: 1, of: 'file-system' },
    { id: 'cargo-manifest', version: 1, of: 'file-system' },
    { id: 'programs', version: 2 },
    // What Seawall itself brings along lies in folders of hosts.
    { id: 'bundled-libraries', version: 1, of: 'file-system' },
    { id: 'installed-products', version: 1 },
    { id: 'nuget', version: 1 },
    { id: 'nuget-lock', version: 1, of: 'file-system' },
    { id: 'nuget-project', version: 2, of: 'file-system' },
    { id: 'pypi', version: 2 },
    { id: 'pypi-lock', version: 3, of: 'file-system' },
    { id: 'pypi-manifest', version: 1, of: 'file-system' },
    { id: 'conda', version: 1 },
    { id: 'pacman', version: 1 },
    { id: 'gem', version: 1 },
    { id: 'gem-lock', version: 1, of: 'file-system' },
    { id: 'gem-manifest', version: 1, of: 'file-system' },
    { id: 'composer', version: 1 },
    { id: 'composer-lock', version: 1, of: 'file-system' },
    { id: 'composer-manifest', version: 1, of: 'file-system' },
    { id: 'hex-lock', version: 1, of: 'file-system' },
    { id: 'hex-manifest', version: 1, of: 'file-system' },
    { id: 'pub-lock', version: 1, of: 'file-system' },
    { id: 'pub-manifest', version: 1, of: 'file-system' },
    { id: 'swift-lock', version: 1, of: 'file-system' },
    { id: 'swift-manifest', version: 1, of: 'file-system' },
    { id: 'conan-lock', version: 1, of: 'file-system' },
    { id: 'conan-manifest', version: 1, of: 'file-system' },
    { id: 'executables', version: 1, of: 'image' },
    { id: 'image-facts', version: 1, of: 'image' },
  ],
  before: [
    { id: 'os-release', version: 1 },
    { id: 'dpkg', version: 1 },
    { id: 'apk', version: 1 },
    { id: 'rpm', version: 1 },
    { id: 'npm', version: 1 },
    { id: 'jar', version: 1 },
  ],
};

/**
 * Whether a scan has all analyzers of this release, or each at least as in the release before. An analyzer in a version
 * that neither release has counts as missing: nothing is known of what it would find.
 */
export function classOf(
  analyzers: Catalog['analyzers'],
  what: ScannedKind,
  { current, before }: Releases = releases,
): AnalyzersClass {
  const used = new Map(analyzers.map(({ id, version }) => [id, version]));
  const wanted = current.filter((one) => concerns(one, what));
  const enough = before.filter((one) => concerns(one, what));
  if (wanted.length === 0 || enough.length === 0) return 'unusable';
  if (wanted.every(({ id, version }) => used.get(id) === version)) return 'current';
  const isEnough = ({ id, version }: ListedAnalyzer): boolean =>
    used.get(id) === version || wanted.some((one) => one.id === id && one.version === used.get(id));
  return enough.every(isEnough) ? 'older' : 'unusable';
}

/** The analyzers of this release for what is scanned. */
export function currentAnalyzers(what: ScannedKind): Catalog['analyzers'] {
  return releases.current.filter((one) => concerns(one, what)).map(({ id, version }) => ({ id, version }));
}

function concerns({ of, os }: ListedAnalyzer, what: ScannedKind): boolean {
  if (of !== undefined && of !== what.kind) return false;
  return os === undefined || (what.kind === 'image' && os.includes(what.os));
}
