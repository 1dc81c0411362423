/** What a name of an image says: where it lies, as the grammar of distribution's `reference` package reads it. */
export interface ImageName {
  /** Host of the registry, with its port where one is written; lower case. `docker.io` where none is written. */
  readonly domain: string;
  /** Repository in that registry: `library/debian`. */
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;
}

const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domainPattern = new RegExp(
  `^(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`,
);
const pathComponent = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const pathPattern = new RegExp(`^${pathComponent}(?:/${pathComponent})*$`);
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const namedDigest = /^sha256:[0-9a-f]{64}$/;
/** Of domain and path together. */
const longestName = 255;

const dockerHub = 'docker.io';

/**
 * Reads a name as engines do: `debian` is `docker.io/library/debian`. The first part is a registry only where it holds a
 * dot, a colon or a capital letter, or is `localhost`. `undefined` for what is no name, bare ids and digests other than
 * SHA-256 among it.
 */
export function parseImageName(text: string): ImageName | undefined {
  if (/^[0-9a-f]{64}$/.test(text)) return undefined;
  const { name, tag, digest } = splitName(text);
  const place = placeOf(name);
  if (place === undefined || `${place.domain}/${place.path}`.length > longestName) return undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  if (digest !== undefined && !namedDigest.test(digest)) return undefined;
  return { ...place, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** `registry.example/team/app`, without tag and digest. */
export function repositoryOf({ domain, path }: Pick<ImageName, 'domain' | 'path'>): string {
  return `${domain}/${path}`;
}

/** The longest name is taken: a colon before the last slash is a port. */
function splitName(text: string): { readonly name: string; readonly tag?: string; readonly digest?: string } {
  const at = text.indexOf('@');
  const digest = at === -1 ? {} : { digest: text.slice(at + 1) };
  const rest = at === -1 ? text : text.slice(0, at);
  const colon = rest.lastIndexOf(':');
  if (colon === -1 || colon < rest.lastIndexOf('/')) return { name: rest, ...digest };
  return { name: rest.slice(0, colon), tag: rest.slice(colon + 1), ...digest };
}

function placeOf(name: string): Pick<ImageName, 'domain' | 'path'> | undefined {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isDomain = first === 'localhost' || /[.:[]/.test(first) || first !== first.toLowerCase();
  const domain = isDomain ? hubByAnyName(first.toLowerCase()) : dockerHub;
  const path = isDomain ? name.slice(slash + 1) : name;
  if (!domainPattern.test(domain) || !pathPattern.test(path)) return undefined;
  return { domain, path: domain === dockerHub && !path.includes('/') ? `library/${path}` : path };
}

function hubByAnyName(domain: string): string {
  return domain === 'index.docker.io' ? dockerHub : domain;
}
