import { type FieldsOf, known, missing } from '#base/index.ts';
import { packageOfPurl } from '#ecosystems/contract.ts';
import { endOfSupport, isSystemPackage } from '#ecosystems/index.ts';
import { type Catalog, type Fault, faultKindOf } from '../contract.ts';
import { unpackExecutables } from '../executables/packed.ts';
import type { ImageShape } from '../image-shape.ts';
import { type ContentFields, executablesLeftOut, imageFactsOfContents } from './of-contents.ts';
import { type FileFields, imageFactsOfFiles } from './of-files.ts';

/** What a scan's catalog tells of an image. */
export type CatalogFacts = Pick<
  FieldsOf<ImageShape>,
  'release' | 'supportEnds' | 'packages' | 'programs' | 'specialModes' | 'mismatches' | 'fileSecrets' | 'scripts'
> &
  FileFields &
  ContentFields;

/** Reads the facts that every catalog holds. A scan with faults has not seen everything, and then nothing is said to be absent. */
export function imageFactsOfCatalog(catalog: Catalog): CatalogFacts {
  return {
    release: releaseField(catalog),
    supportEnds: supportField(catalog),
    packages: packagesField(catalog),
    ...executableFields(catalog),
    ...imageFactsOfFiles(catalog),
    ...imageFactsOfContents(catalog),
    mismatches: mismatchesField(catalog),
    fileSecrets: secretsField(catalog),
    scripts: scriptsField(catalog),
  };
}

function scriptsField({ scripts }: Catalog): CatalogFacts['scripts'] {
  if (scripts === undefined) return missing('the scan ran no scripts; it needs --allow-scripts');
  return scripts.state === 'ran'
    ? known(scripts.outcomes, 'scripts over the files of all layers')
    : missing(scripts.reason);
}

/** What was found holds whatever was not searched; that there is nothing is known of a whole search alone. */
function secretsField({ fileSecrets }: Catalog): CatalogFacts['fileSecrets'] {
  if (fileSecrets === undefined) return missing('the scan is older than the search of files for secrets');
  const { found, isComplete } = fileSecrets;
  if (!isComplete && !found.some(({ certainty }) => certainty === 'sure'))
    return missing('the scan did not search every file of every layer');
  const seen = found.map(({ detector, certainty, path, layer, offset }) => {
    return { detector, certainty, where: { kind: 'file', path, layer, offset } } as const;
  });
  return known(seen, 'files of all layers');
}

function releaseField({ distribution }: Catalog): CatalogFacts['release'] {
  if (distribution === undefined) return missing('the image holds no os-release, so its distribution is not known');
  const { id, version, name } = distribution;
  return known({ id, ...(version !== undefined && { version }), name }, '/etc/os-release');
}

function supportField({ distribution }: Catalog): CatalogFacts['supportEnds'] {
  if (distribution === undefined) return missing('the image holds no os-release, so its distribution is not known');
  const { id, version, name } = distribution;
  if (version === undefined) return missing(`${name} has no numbered release, so it has no end of support`);
  const end = endOfSupport(id, version);
  return end === undefined
    ? missing(`it is not known when security fixes of ${name} end`)
    : known(end, `end of support of ${id} ${version}`);
}

function packagesField({ packages, faults }: Catalog): CatalogFacts['packages'] {
  const hiding = faults.find(mayHidePackages);
  if (hiding !== undefined) return missing(`the scan did not see every package: ${hiding.message}`);
  const system = packages.filter(isSystemPackage);
  return known(
    system.map(({ type, name, version }) => ({ type, name, version })),
    'packages of the operating system',
  );
}

/** Analyzers of operating system packages; what the others could not read hides none of them. */
const systemAnalyzers: ReadonlySet<string> = new Set(['dpkg', 'apk', 'rpm']);
/** Faults with which every package of the operating system is listed all the same. */
const harmless: ReadonlySet<string> = new Set([
  'symlink-loop',
  'executables-limit',
  'unknown-distribution',
  'nothing-recognised',
]);

function mayHidePackages({ code, analyzer }: Fault): boolean {
  if (analyzer !== undefined && !systemAnalyzers.has(analyzer)) return false;
  const kind = faultKindOf(code);
  return (kind === 'reading' || kind === 'content') && !harmless.has(code);
}

interface ExecutableFields {
  readonly programs: CatalogFacts['programs'];
  readonly specialModes: CatalogFacts['specialModes'];
}

/** A file that nobody may execute can have no rights of its own, so the list of executables has every setuid program. */
function executableFields({ executables }: Catalog): ExecutableFields {
  if (executables === undefined || !executables.isComplete) {
    const unseen = missing(executables === undefined ? executablesLeftOut : 'the scan did not see every executable');
    return { programs: unseen, specialModes: unseen };
  }
  const programs = unpackExecutables(executables).filter(({ mode }) => (mode & 0o111) !== 0);
  const special = programs.filter(({ mode }) => (mode & 0o6000) !== 0);
  return {
    programs: known(
      programs.map(({ path }) => `/${path}`),
      'executables',
    ),
    specialModes: known(
      special.map(({ path, mode, package: owner }) => ({
        path: `/${path}`,
        mode,
        ...(owner !== undefined && isOfSystem(owner) && { package: packageOfPurl(owner) }),
      })),
      'modes of executables',
    ),
  };
}

function isOfSystem(purl: string): boolean {
  return isSystemPackage({ type: purl.slice('pkg:'.length, purl.indexOf('/')) });
}

/** A layer whose bytes are not those that its digests name is a fault of every scan that reads it to its end. */
function mismatchesField({ faults }: Catalog): CatalogFacts['mismatches'] {
  const ofLayers = faults.filter(({ path, layer }) => path === undefined && layer !== undefined);
  const mismatches = ofLayers.filter(isMismatch);
  const unread = ofLayers.find((fault) => !isMismatch(fault) && endsReading.has(fault.code));
  if (mismatches.length === 0 && unread !== undefined)
    return missing(`the scan did not read every layer to its end: ${unread.message}`);
  return known(
    mismatches.map(({ layer = 0, message }) => `layer ${layer + 1}: ${message}`),
    'digests of the layers',
  );
}

/** Faults of a layer with which its bytes were not all hashed. */
const endsReading: ReadonlySet<string> = new Set([
  'corrupt-archive',
  'missing-layer',
  'unpacked-limit',
  'time-limit',
  'memory-limit',
  'unreadable-file',
]);

function isMismatch({ code, message }: Fault): boolean {
  return code === 'corrupt-archive' && message.startsWith('The content of the layer does not match ');
}
