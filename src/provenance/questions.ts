import { type ImageName, parseImageName, repositoryOf } from '#image/index.ts';
import type { TrustedRegistry } from './contract.ts';
import { isInScope, parseScope, type RepositoryScope } from './scope.ts';

/** What is said of an image: by hosts, and by who scanned it. It only tells where to ask. */
export interface OriginHints {
  /** Names with tag or digest, `registry.example/app:1`, by each who tells them; whose word says most comes first. */
  readonly reported: readonly (readonly string[])[];
  /** Digests of manifests and indexes, by who scanned it. */
  readonly manifests: readonly string[];
}

/** One place to ask: a repository of a trusted registry. */
export interface Question {
  readonly registry: TrustedRegistry;
  readonly name: Pick<ImageName, 'domain' | 'path'>;
  /** Tag or digest. */
  readonly reference: string;
}

export interface Questions {
  readonly asked: readonly Question[];
  /** Whether there are more than are asked. */
  readonly isMore: boolean;
}

/** Questions for one image. An image has a few names; each question may cost a slow registry's patience. */
const mostQuestions = 40;
/** Of these, by the names of one who tells some: a host that makes names up leaves room for the others. */
const mostOfOne = 12;

/**
 * Where to ask for an image. Names of no trusted repository lead to no question. Everyone who tells names has a turn for
 * each question, so that nobody can keep the names of others from being asked.
 */
export function questionsOf({ reported, manifests }: OriginHints, registries: readonly TrustedRegistry[]): Questions {
  const scoped = registries.map((registry) => ({ registry, scope: parseScope(registry.repositories) }));
  const turns = reported.map((names) => questionsBy(names.map(parseImageName), manifests, scoped));
  const asked = new Map<string, Question>();
  let isMore = false;
  for (let round = 0; round <= mostOfOne; round += 1) {
    for (const own of turns) {
      const { value: question } = own.next();
      if (question === undefined || asked.has(questionKey(question))) continue;
      if (round === mostOfOne || asked.size === mostQuestions) isMore = true;
      else asked.set(questionKey(question), question);
    }
  }
  return { asked: [...asked.values()], isMore };
}

/** The same for the same question, whatever else is known of the registry. */
export function questionKey({ registry, name, reference }: Question): string {
  return `${registry.id} ${repositoryOf(name)} ${reference}`;
}

/** By digest first: tags may have moved on. Digests under other names come last: they are of a mirror at best. */
function* questionsBy(
  names: readonly (ImageName | undefined)[],
  manifests: readonly string[],
  registries: readonly { readonly registry: TrustedRegistry; readonly scope: RepositoryScope | undefined }[],
): Generator<Question, undefined> {
  const parsed = names.filter((name) => name !== undefined);
  const trusted = registries.flatMap(({ registry, scope }) =>
    scope === undefined
      ? []
      : parsed.filter((name) => isInScope(scope, repositoryOf(name))).map((name) => ({ registry, name })),
  );
  for (const { registry, name } of trusted)
    if (name.digest !== undefined) yield { registry, name, reference: name.digest };
  for (const reference of manifests) for (const { registry, name } of trusted) yield { registry, name, reference };
  for (const { registry, name } of trusted)
    if (name.digest === undefined) yield { registry, name, reference: name.tag ?? 'latest' };
  for (const { digest: reference } of parsed)
    if (reference !== undefined) for (const { registry, name } of trusted) yield { registry, name, reference };
  return undefined;
}

export function isTrusted({ repositories }: Pick<TrustedRegistry, 'repositories'>, repository: string): boolean {
  const scope = parseScope(repositories);
  return scope !== undefined && isInScope(scope, repository);
}
