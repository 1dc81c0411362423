import type { NameParts } from '#ecosystems/contract.ts';
import { subjectName } from './format.ts';

/** The registry of an image's name apart from its repository and tag (its first part when that is a host, as Docker reads it). */
export function subjectParts(subject: string, names: readonly string[]): NameParts {
  const name = subjectName(subject, names);
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = first === 'localhost' || /[.:]/.test(first);
  return isHost ? { own: name.slice(slash + 1), origin: name.slice(0, slash + 1) } : { own: name };
}
