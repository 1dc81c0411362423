import type { PackageType } from '#catalog/contract.ts';
import { subjectName } from './format.ts';

/** A name in two: what tells it apart from its neighbours, and what may give way where room is short. */
export interface NameParts {
  readonly own: string;
  readonly origin?: string;
}

/** Maven names are `group:artifact`, and groups are long: the artifact is what people call it. */
export function packageParts(type: PackageType, name: string): NameParts {
  const colon = type === 'maven' ? name.indexOf(':') : -1;
  return colon < 0 ? { own: name } : { own: name.slice(colon + 1), origin: name.slice(0, colon) };
}

/** The registry of an image's name apart from its repository and tag (its first part when that is a host, as Docker reads it). */
export function subjectParts(subject: string, names: readonly string[]): NameParts {
  const name = subjectName(subject, names);
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = first === 'localhost' || /[.:]/.test(first);
  return isHost ? { own: name.slice(slash + 1), origin: name.slice(0, slash + 1) } : { own: name };
}
