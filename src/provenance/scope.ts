import { parseImageName } from '#image/index.ts';

/** Repositories of one registry: those whose path begins with these parts. */
export interface RepositoryScope {
  readonly domain: string;
  /** Each a whole part of a path; `*` stands for any one. None: the whole registry. */
  readonly parts: readonly string[];
}

/**
 * Reads `registry.example`, `registry.example/team`, `registry.example/*\/app`. What names no registry is Docker Hub's, as
 * in names of images: `debian` and `docker.io/debian` are `docker.io/library/debian`, and what a user of Docker Hub holds is
 * `docker.io/USER/*`. `undefined` for what is none.
 */
export function parseScope(text: string): RepositoryScope | undefined {
  const whole = text.replace(/\/$/, '');
  if (isRegistry(whole)) {
    const name = parseImageName(`${whole}/any`);
    return name && { domain: name.domain, parts: [] };
  }
  if (whole === 'docker.io/library') return { domain: 'docker.io', parts: ['library'] };
  const slash = whole.indexOf('/');
  const names = whole.split('/').map((part, at) => (part === '*' && at > 0 ? 'any' : part));
  const name = parseImageName(names.join('/'));
  if (name === undefined || name.tag !== undefined || name.digest !== undefined) return undefined;
  const written = slash === -1 ? [] : whole.split('/');
  const parts = name.path.split('/');
  const wild = written.slice(-parts.length);
  return {
    domain: name.domain,
    parts: parts.map((part, at) => (wild.length === parts.length && wild[at] === '*' ? '*' : part)),
  };
}

/** Whether a name without slash is a registry and not a repository of Docker Hub. */
function isRegistry(text: string): boolean {
  return !text.includes('/') && (text === 'localhost' || /[.:[]/.test(text));
}

/** Whether a repository lies in the scope: the registry is the same, and each part of the path is. */
export function isInScope({ domain, parts }: RepositoryScope, repository: string): boolean {
  const name = parseImageName(repository);
  if (name === undefined || name.domain !== domain) return false;
  const path = name.path.split('/');
  return parts.length <= path.length && parts.every((part, at) => part === '*' || part === path[at]);
}
