import type { Collection } from '#access/contract.ts';
import { isInCollection, type Selectable } from '#access/index.ts';
import type { Evidence } from './check.ts';
import type { CarriedException } from './contract-exception.ts';

/** An approved exception that holds now, for a subject where it stands. */
export interface HeldException {
  readonly id: string;
  readonly check: string;
  readonly values: readonly string[];
  readonly expiresAt: Date;
}

/** What of a result an exception is held against. */
export interface ExceptableResult {
  readonly id: string;
  readonly state: string;
  readonly seen?: readonly string[] | undefined;
  readonly evidence: readonly Pick<Evidence, 'at' | 'value'>[];
}

/** What keeps a result from counting. */
export interface Cover {
  /** The first end of those that are needed. */
  readonly until: Date;
  readonly exceptions: readonly string[];
}

/** What exceptions are asked about: all where a subject stands, and what it is called there. */
export interface ExceptedPlace {
  /** Empty: nobody knows, and one that names a subject does not speak for it. */
  readonly names: readonly string[];
  /** Digest of the image, or of the one that the container is made of, by its content; missing: nobody knows it. */
  readonly image?: string | undefined;
  readonly places: readonly Selectable[];
}

type Selection = Pick<Collection, 'id' | 'selects'>;

/**
 * Whether an exception speaks for a subject: one with a scope does where all the places of it lie in that. Whoever starts a
 * container names it, so one that names a container holds for the images of those that were called so when it was asked for.
 */
export function speaksFor(
  { name, images, collections: scope }: Pick<CarriedException, 'name' | 'images' | 'collections'>,
  { names, image, places }: ExceptedPlace,
  collections: Iterable<Selection>,
): boolean {
  if (name !== undefined && !names.includes(name)) return false;
  if (images !== undefined && (image === undefined || !images.includes(image))) return false;
  if (scope === undefined) return true;
  const named = [...collections].filter(({ id }) => scope.includes(id));
  return places.length > 0 && places.every((place) => named.some((one) => isInCollection(one, place)));
}

/** Of the exceptions that are carried, those that hold now and there. */
export function heldThere(
  exceptions: readonly CarriedException[],
  there: ExceptedPlace,
  { now, collections }: { readonly now: Date; readonly collections: Iterable<Selection> },
): readonly HeldException[] {
  if (exceptions.length === 0) return [];
  const known = [...collections];
  return exceptions
    .filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime())
    .filter((exception) => speaksFor(exception, there, known))
    .map(({ id, check, values, expiresAt }) => ({ id, check, values, expiresAt: new Date(expiresAt) }));
}

/** What has to stay the same for an exception to hold: what was seen, or where nothing is named, what was judged. */
export function valuesOf({ state, seen = [], evidence }: ExceptableResult): readonly string[] {
  if (state !== 'fail' && state !== 'warn') return [];
  return seen.length > 0 ? [...new Set(seen)] : evidence.map(({ at, value }) => `${at} = ${value}`);
}

/**
 * The exceptions that together name every value of a result, the last to end first; `undefined`: one is not named. Where
 * nothing was seen by name, one that names all that was judged, in this order, covers it in another document as well.
 */
export function coverOf(result: ExceptableResult, held: readonly HeldException[]): Cover | undefined {
  const values = valuesOf(result);
  if (values.length === 0) return undefined;
  const own = held
    .filter(({ check }) => check === result.id)
    .toSorted((left, right) => right.expiresAt.getTime() - left.expiresAt.getTime() || (left.id < right.id ? -1 : 1));
  const needed = new Map<string, HeldException>();
  for (const value of values) {
    const exception = own.find((one) => one.values.includes(value) || isSameElsewhere(one, result));
    if (exception === undefined) return undefined;
    needed.set(exception.id, exception);
  }
  const until = Math.min(...[...needed.values()].map(({ expiresAt }) => expiresAt.getTime()));
  return { until: new Date(until), exceptions: [...needed.keys()] };
}

/** Documents name their places in their own ways; the values are the same. */
function isSameElsewhere({ values }: HeldException, { seen = [], evidence }: ExceptableResult): boolean {
  return (
    seen.length === 0 &&
    values.length === evidence.length &&
    evidence.every(({ value }, index) => placeless(values[index]) === value)
  );
}

function placeless(text = ''): string | undefined {
  const at = text.indexOf(' = ');
  return at < 0 ? undefined : text.slice(at + ' = '.length);
}
