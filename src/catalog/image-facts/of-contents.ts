import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { Catalog, ContentFacts, MalwareSearch } from '../contract.ts';
import type { ImageShape } from '../image-shape.ts';

/** Said where a scan left executables out, with what looks at them. */
export const executablesLeftOut =
  'the scan did not look at executables; give it --fail-on-checks, or use `seawall compliance image`';

/** What a scan tells of the contents of an image's files. */
export type ContentFields = Pick<
  FieldsOf<ImageShape>,
  'miners' | 'packed' | 'modifiedFiles' | 'malware' | 'trustedRoots'
>;

/** Reads them from a catalog; of an older scan none is known. */
export function imageFactsOfContents(catalog: Pick<Catalog, 'contents' | 'packages' | 'executables'>): ContentFields {
  const { contents } = catalog;
  if (contents === undefined) return unseen('the scan is older than the analyzer of contents');
  return {
    miners: listed(contents, { value: contents.miners.map(placed), at: 'names and contents of files' }),
    packed: listed(contents, { value: contents.packed.map(placed), at: 'code of programs' }),
    modifiedFiles: modifiedField(contents, catalog),
    trustedRoots: rootsField(contents),
    malware: malwareField(contents.malware),
  };
}

function placed<File extends { readonly path: string }>(file: File): File {
  return { ...file, path: `/${file.path}` };
}

/** What was found is told of even where not everything was seen. */
function listed<Value>(
  { isComplete }: ContentFacts,
  { value, at }: { readonly value: readonly Value[]; readonly at: string },
): Field<readonly Value[]> {
  return isComplete || value.length > 0 ? known(value, at) : missing('the scan did not read every layer to its end');
}

function modifiedField(
  { compared, modified, isComplete }: ContentFacts,
  { packages, executables }: Pick<Catalog, 'packages' | 'executables'>,
): ContentFields['modifiedFiles'] {
  if (compared === undefined && executables === undefined) return missing(executablesLeftOut);
  if (compared === undefined)
    return missing('the packages of the image keep no hashes that a scan reads (it reads those of dpkg, rpm and apk)');
  if (!isComplete && modified.length === 0) return missing('the scan did not read every layer to its end');
  return known(
    modified.map((path) => `/${path}`),
    `${compared} programs beside the hashes of ${managersOf(packages)}`,
  );
}

const managers: ReadonlyMap<string, string> = new Map([
  ['deb', 'dpkg'],
  ['rpm', 'rpm'],
  ['apk', 'apk'],
]);

function managersOf(packages: Catalog['packages']): string {
  return [...new Set(packages.flatMap(({ type }) => managers.get(type) ?? []))].join(' and ');
}

function rootsField({ roots, isComplete }: ContentFacts): ContentFields['trustedRoots'] {
  if (!isComplete) return missing('the scan did not read every layer to its end');
  if (roots !== undefined) return known(roots, 'bundles of certificates');
  return missing('no package of the distribution that keeps hashes brings roots to compare with (ca-certificates)');
}

function malwareField(search: MalwareSearch | undefined): ContentFields['malware'] {
  if (search === undefined) return missing('the scan had no malware set; give it one by --malware-set');
  const { set, files, ruled, matches, unseen, more } = search;
  const [first] = unseen;
  if (matches.length === 0 && (first !== undefined || more > 0)) {
    const where = first === undefined ? '' : `: ${describeUnseen(first)}`;
    return missing(`the malware set did not see ${unseen.length + more} files or layers${where}`);
  }
  const value = { set, files, ruled, matches: matches.map(placed) };
  return known(
    value,
    `${files} files by ${set.name} ${set.version} of ${set.date.slice(0, 10)}, ${ruled} by its rules`,
  );
}

function describeUnseen({ path, layer, reason }: MalwareSearch['unseen'][number]): string {
  return `${path === '' ? '' : `/${path} in `}layer ${layer + 1}, ${reason}`;
}

function unseen(why: string): ContentFields {
  const field = missing(why);
  return { miners: field, packed: field, modifiedFiles: field, malware: field, trustedRoots: field };
}
