/** A name of an image taken apart as engines read it; names are compared by whole parts only. */
export interface ImageReference {
  /** `docker.io` where none is named. */
  readonly registry: string;
  /** Path in the registry: `library/nginx`. */
  readonly path: string;
  readonly tag?: string;
  /** Of the manifest or index that is meant, whatever the tag says. */
  readonly digest?: string;
}

const longestName = 255;
const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const label = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const registryForm = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const referencePattern = new RegExp(
  `^(?<name>(?:${registryForm}/)?${part}(?:/${part})*)(?::(?<tag>[\\w][\\w.-]{0,127}))?(?:@(?<digest>.+))?$`,
);

/**
 * Takes a reference apart by the grammar of distribution. Nothing for what engines refuse to read, for 64 hex digits
 * alone, and for digests of other kinds than SHA-256: no verdict could name those. `sha256:HEX` is the tag of a
 * repository `sha256` here, as it is where nodes pull.
 */
export function parseReference(text: string): ImageReference | undefined {
  if (text.length > 1024 || /^[0-9a-f]{64}$/.test(text)) return undefined;
  const { name, tag, digest } = referencePattern.exec(text)?.groups ?? {};
  if (name === undefined || name.length > longestName) return undefined;
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  return {
    ...repositoryIn(name),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** With its registry and path in full, as images are named everywhere: `docker.io/library/nginx:1.29`. */
export function fullName({ registry, path, tag, digest }: ImageReference): string {
  return `${registry}/${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** What is pulled by it, whatever tag stands beside the digest. */
export function keyOf({ registry, path, digest }: ImageReference): string {
  return fullName({ registry, path, ...(digest === undefined ? {} : { digest }) });
}

function repositoryIn(name: string): Pick<ImageReference, 'registry' | 'path'> {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const named = slash > 0 && (/[.:A-Z]/.test(first) || first === 'localhost');
  const registry = named ? first.toLowerCase().replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io';
  const path = named ? name.slice(slash + 1) : name;
  return { registry, path: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path };
}
