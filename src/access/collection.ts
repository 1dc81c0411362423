import type { Collection } from './contract.ts';

/** Something that collections select: an image where it lies, a container, a host. */
export interface Selectable {
  /** Image names with tag, `registry.example/shop/app:1`. Repository and registry are read from them. */
  readonly images: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly host?: string;
  readonly application?: string;
}

/** The collection that comes with every console: it selects everything, and stays as it is. */
export const everything: Collection = {
  id: 'all',
  name: 'Everything',
  description: 'All images, containers and hosts.',
  selects: {},
};

/**
 * Whether a collection holds it. Every field that has patterns must hold (AND). A field holds when one of its values
 * matches one of the patterns, or there are only negated ones, and no value matches a negated pattern (`-` in front).
 * `*` stands for any run of characters; case does not matter.
 */
export function isInCollection({ selects }: Pick<Collection, 'selects'>, what: Selectable): boolean {
  const repositories = what.images.map(repositoryOf);
  const values: Readonly<Record<keyof Collection['selects'], readonly string[]>> = {
    images: what.images,
    repositories,
    registries: repositories.map(registryOf),
    labels: Object.entries(what.labels).map(([key, value]) => `${key}=${value}`),
    environments: optional(what.environment),
    hosts: optional(what.host),
    applications: optional(what.application),
  };
  return fields.every((field) => holds(selects[field] ?? [], values[field]));
}

const fields = ['images', 'repositories', 'registries', 'labels', 'environments', 'hosts', 'applications'] as const;

function optional(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

function holds(patterns: readonly string[], values: readonly string[]): boolean {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('-'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('-')).map((pattern) => pattern.slice(1));
  if (values.some((value) => unwanted.some((pattern) => matchesPattern(pattern, value)))) return false;
  return wanted.length === 0 || values.some((value) => wanted.some((pattern) => matchesPattern(pattern, value)));
}

/** Compares without case; `*` stands for any run of characters. Linear in both lengths but for a factor of the stars. */
export function matchesPattern(pattern: string, value: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  const text = value.toLowerCase();
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/**
 * Whether one of a token's patterns holds a repository. A pattern without a registry is of Docker Hub, as names are. One
 * with a tag or digest names no repository, and is not taken for one: it never holds more than it says.
 */
export function holdsRepository(patterns: readonly string[], repository: string): boolean {
  return patterns.some(
    (pattern) =>
      matchesPattern(pattern, repository) ||
      (withoutTag(pattern) === pattern && matchesPattern(repositoryOf(pattern), repository)),
  );
}

/** Name without tag and digest, with its registry: `app:1` is `docker.io/library/app`. */
export function repositoryOf(image: string): string {
  const name = withoutTag(image);
  const [host = '', ...path] = name.split('/');
  if (path.length === 0) return `docker.io/library/${name}`;
  return host.includes('.') || host.includes(':') || host === 'localhost' ? name : `docker.io/${name}`;
}

function registryOf(repository: string): string {
  return repository.split('/')[0] ?? '';
}

function withoutTag(image: string): string {
  return image.replace(/@sha256:[0-9a-f]{64}$/, '').replace(/:[^/:]*$/, '');
}
