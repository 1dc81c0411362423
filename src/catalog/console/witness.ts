import { matchesPattern, repositoryOf } from '#access/index.ts';
import type { SubjectId } from '#base/index.ts';

/** Who published a scan, as it was at that moment. */
export interface Witness {
  /** `console`: this console pulled the image itself, and checked it against a trusted registry. */
  readonly kind: 'console' | 'user' | 'token' | 'agent';
  readonly id: string;
  readonly name: string;
  /** Where the host of an agent stood; missing: in no environment. */
  readonly environment?: string;
  /** Patterns of the repositories that a token speaks for; missing: none. */
  readonly repositories?: readonly string[];
}

/** A subject on one host, in one environment. */
export interface Place {
  readonly host: string;
  /** Missing: none. */
  readonly environment?: string;
  /** Where the host itself stands: its containers may choose another environment. */
  readonly hostEnvironment?: string;
  /** As the host calls it. */
  readonly names: readonly string[];
}

/** The same for everything that one witness publishes; an agent stays the same one when it joins anew. */
export function witnessKey({ kind, id, name }: Witness): string {
  return `${kind} ${kind === 'agent' ? name : id}`.toWellFormed();
}

/** The same for witnesses whose word counts alike: agents of one environment, else what one witness publishes. */
export function voiceKey(witness: Witness): string {
  if (witness.kind !== 'agent') return witnessKey(witness);
  return `agents ${witness.environment === undefined ? 'nowhere' : `in ${witness.environment}`}`;
}

/**
 * Whether a witness is trusted about a subject in the environment of these places, which are all that the subject has
 * there. An image: an agent of that environment, or a token bound to one of the names that hosts there give it. Where
 * only containers of hosts from elsewhere chose the environment, the agents of those hosts. A file system: the agents of
 * the hosts that have it, since what it holds is not fixed by its name. People who publish are trusted nowhere.
 */
export function isTrusted(witness: Witness, subject: SubjectId, places: readonly Place[]): boolean {
  switch (witness.kind) {
    case 'console':
      return isImage(subject);
    case 'user':
      return false;
    case 'token':
      return isImage(subject) && speaksForOne(witness, places);
    case 'agent':
      return isImage(subject) ? speaksForImage(witness, places) : speaksForFiles(witness, subject, places);
  }
}

/** Whether it was bound to something when it published; such a witness comes first where nothing else decides. */
export function isBound({ kind, repositories = [] }: Witness): boolean {
  return kind === 'agent' || kind === 'console' || (kind === 'token' && repositories.length > 0);
}

function isImage(subject: SubjectId): boolean {
  return subject.startsWith('sha256:');
}

function speaksForOne({ repositories = [] }: Witness, places: readonly Place[]): boolean {
  const known = new Set(places.flatMap(({ names }) => names).map(repositoryOf));
  return [...known].some((repository) => repositories.some((pattern) => matchesPattern(pattern, repository)));
}

function speaksForImage({ name, environment }: Witness, places: readonly Place[]): boolean {
  const standsThere = places.some((place) => place.hostEnvironment === place.environment);
  if (!standsThere) return places.some(({ host }) => host === name);
  return places[0]?.environment === environment;
}

/** A subject that is called like a host is of that host alone, whoever else says that he has it. */
function speaksForFiles({ name }: Witness, subject: SubjectId, places: readonly Place[]): boolean {
  const owners = places.filter(({ host }) => subject === `host:${host.split('/')[0]}`);
  return (owners.length > 0 ? owners : places).some(({ host }) => host === name);
}
