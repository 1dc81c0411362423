import { createHash } from 'node:crypto';
import { isReadingFault, type Subject } from '#image/index.ts';
import { canonicalText } from './canonical-text.ts';
import type { Catalog, Fault, Package } from './contract.ts';
import type { Contents } from './counting-scans.ts';
import { executablesAnalyzer } from './executables/analyzer.ts';

/** Raised when a digest below is made otherwise from the same scan; digests of two versions are never compared. */
const format = 1;
const osRelease = 'os-release';

/**
 * What each analyzer found, as a digest under `id version`: all that matching, judging, detecting and inheriting read of
 * it. What no analyzer of the list found stands under `other`, what the image's config says under `config`, and what
 * follows from all analyzers together under the names of all. Names, moments and messages are left out.
 */
export function contentsOf(subject: Subject, catalog: Catalog): Contents {
  const listed = new Map(catalog.analyzers.map(({ id, version }) => [id, version]));
  const homeOf = (id: string | undefined): string => {
    const version = id === undefined ? undefined : listed.get(id);
    return version === undefined ? `other ${format}` : `${id} ${version}`;
  };
  const parts = new Map<string, string[]>([...listed.keys(), undefined].map((id) => [homeOf(id), []]));
  const add = (home: string, line: string) => parts.get(home)?.push(line);
  for (const one of catalog.packages) add(homeOf(one.foundBy.analyzer), packageDigest(one));
  for (const fault of catalog.faults) if (!isReadingFault(fault)) add(homeOf(fault.analyzer), faultLine(fault));
  if (catalog.distribution !== undefined) add(homeOf(osRelease), canonicalText(catalog.distribution));
  const isHashed = listed.has(executablesAnalyzer.id) || catalog.executables !== undefined;
  if (isHashed) add(homeOf(executablesAnalyzer.id), executablesDigest(catalog));
  const together = [...listed].map(([id, version]) => `${id} ${version}`).toSorted();
  return {
    ...Object.fromEntries([...parts].map(([home, lines]) => [home, digestOf(lines.toSorted())])),
    [`together ${format} ${digestOf(together)}`]: digestOf(ownersOf(catalog)),
    ...(subject.kind === 'image' ? { [`config ${format}`]: configDigest(subject) } : {}),
  };
}

/** Whether a fault kept the scan from reading the whole image. What a folder does not give to read is a fault of it alone. */
export function isWhole(subject: Subject, catalog: Catalog): boolean {
  return subject.kind === 'file-system' || !catalog.faults.some(isReadingFault);
}

/** Package URLs of what one of two catalogs holds and the other does not, or otherwise; the first of them. */
export function differingPackages(catalogs: readonly [Catalog, Catalog], most: number): readonly string[] {
  const [left, right] = [linesOf(catalogs[0]), linesOf(catalogs[1])];
  const only = [...left].filter(([line]) => !right.has(line));
  const others = [...right].filter(([line]) => !left.has(line));
  return [...new Set([...only, ...others].map(([, purl]) => purl))].toSorted().slice(0, most);
}

function linesOf({ packages }: Catalog): ReadonlyMap<string, string> {
  return new Map(packages.map((one) => [`${packageDigest(one)} ${one.ownedBy ?? ''}`, one.purl]));
}

/**
 * The package URL follows from the rest, see `purlProblem`; the owner from all analyzers together. What a package requires
 * serves advice alone.
 */
function packageDigest(one: Package): string {
  const { purl: _, ownedBy: __, requires: ___, ...found } = one;
  return digestOf(found);
}

function faultLine({ code, path, layer }: Fault): string {
  return JSON.stringify(['fault', code, path ?? null, layer ?? null]);
}

function executablesDigest({ executables }: Catalog): string {
  if (executables === undefined) return 'no executables';
  const { packages: _, owners: __, ...files } = executables;
  return digestOf(files);
}

function ownersOf({ packages, executables }: Catalog): readonly string[] {
  const owned = packages
    .filter(({ ownedBy }) => ownedBy !== undefined)
    .map((one) => `${packageDigest(one)} ${one.ownedBy ?? ''}`);
  const files = (executables?.paths ?? []).map((path, row) => {
    const owner = executables?.packages[executables.owners[row] ?? -1];
    return `${path}\n${owner ?? ''}`;
  });
  return [...owned, ...files].toSorted();
}

function configDigest({
  platform,
  created,
  layers,
  history,
  settings,
}: Extract<Subject, { readonly kind: 'image' }>): string {
  return digestOf({ platform, created, layers: layers.map(({ diffId }) => diffId), history, settings });
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalText(value)).digest('base64url');
}
