import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import { isSystemPackage } from '#ecosystems/index.ts';
import type { Catalog, FileFacts } from '../contract.ts';
import type { FileFactKind } from '../file-facts/layer-file-facts.ts';
import type { ImageShape } from '../image-shape.ts';
import { imageFactsOfAccounts, userIdOf } from './of-accounts.ts';

/** What a scan tells of an image's files besides packages and executables. */
export type FileFields = Pick<
  FieldsOf<ImageShape>,
  'accounts' | 'groups' | 'emptyPasswords' | 'worldWritable' | 'fileCapabilities' | 'leftovers' | 'packageCaches'
>;

/** Reads them from a catalog; of an older scan none is known. */
export function imageFactsOfFiles({ fileFacts, packages }: Catalog): FileFields {
  if (fileFacts === undefined) return unseen('the scan is older than the analyzer of file modes');
  if (!fileFacts.isComplete) return unseen('the scan did not read every layer to its end');
  const listed = <Value>(kind: FileFactKind, { value, at }: Listed<Value>): Field<Value> =>
    fileFacts.cut.includes(kind) ? missing('the image has more such files than a scan lists') : known(value, at);
  const { worldWritable, fileCapabilities, leftovers, packageCaches } = fileFacts;
  const owners = ownersOf(packages, [...worldWritable, ...fileCapabilities, ...leftovers]);
  const placed = <File extends { readonly path: string }>(file: File) => {
    const owner = owners.get(file.path);
    return { ...file, path: `/${file.path}`, ...(owner !== undefined && { package: owner }) };
  };
  return {
    ...accountFields(fileFacts),
    worldWritable: listed('worldWritable', { value: worldWritable.map(placed), at: 'modes of files and folders' }),
    fileCapabilities: listed('fileCapabilities', {
      value: fileCapabilities.map(placed),
      at: 'security.capability of files',
    }),
    leftovers: listed('leftovers', {
      value: leftovers.filter(({ path }) => !owners.has(path)),
      at: 'names of files',
    }),
    packageCaches: listed('packageCaches', {
      value: packageCaches.map(({ path, layer }) => ({ path: `/${path}`, layer })),
      at: 'folders of package managers',
    }),
  };
}

/** Number of the user that an image's config names, by the accounts of its scan. */
export function userIdOfScan(user: string, { fileFacts }: Catalog): Field<number> {
  const byNumber = userIdOf(user);
  if (byNumber.kind === 'known' || fileFacts === undefined) return byNumber;
  if (!fileFacts.isComplete) return missing('the scan did not read every layer to its end');
  const { passwd } = fileFacts.accounts;
  return passwd === null ? missing('/etc/passwd was not read') : userIdOf(user, passwd);
}

interface Listed<Value> {
  readonly value: Value;
  readonly at: string;
}

function unseen(why: string): FileFields {
  const field = missing(why);
  return {
    accounts: field,
    groups: field,
    emptyPasswords: field,
    worldWritable: field,
    fileCapabilities: field,
    leftovers: field,
    packageCaches: field,
  };
}

/** A file that lies behind a link, is a hard link or too long is not read, and then nothing that it would say is known. */
function accountFields({ accounts }: FileFacts): Pick<FileFields, 'accounts' | 'groups' | 'emptyPasswords'> {
  const { passwd, group, shadow } = accounts;
  const read = imageFactsOfAccounts({ passwd: passwd ?? '', group: group ?? '', shadow: shadow ?? '' });
  return {
    accounts: passwd === null ? missing('/etc/passwd was not read') : read.accounts,
    groups: group === null ? missing('/etc/group was not read') : read.groups,
    emptyPasswords:
      passwd === null || shadow === null ? missing('/etc/passwd or /etc/shadow was not read') : read.emptyPasswords,
  };
}

/** Names of the operating system packages that own these paths. */
function ownersOf(
  packages: Catalog['packages'],
  files: readonly { readonly path: string }[],
): ReadonlyMap<string, string> {
  const asked = new Set(files.map(({ path }) => path));
  const owners = new Map<string, string>();
  if (asked.size === 0) return owners;
  for (const one of packages.filter(isSystemPackage))
    for (const file of one.files) if (asked.has(file)) owners.set(file, one.name);
  return owners;
}
