import type { KeptDocument } from './catalogue.ts';
import type { Check, SubjectKind } from './check.ts';
import { checks } from './checks/index.ts';
import { type Fields, readDocument } from './document.ts';
import { entriesOf, type ListId, type Lists } from './lists/index.ts';

type AnyFacts = { readonly [Name in keyof Fields]: unknown };

interface Judging {
  readonly id: ListId;
  readonly lists: Lists;
  readonly now: Date;
}

/** Texts within one value that are tried. */
const mostTried = 500;

/**
 * Entries that a list would need so that its checks name nothing in these documents. Each is tried: with it, something that
 * the check named is gone and nothing else has come. What no single entry can take away is not proposed.
 */
export function proposedEntries(
  kind: SubjectKind,
  documents: readonly KeptDocument[],
  judging: Judging,
): readonly string[] {
  const asked: readonly Check<AnyFacts>[] = checks[kind];
  const withList = asked.filter(({ lists }) => lists.includes(judging.id));
  const names = new Set(withList.flatMap(({ needs }) => needs));
  const entries = documents.flatMap(({ text }) => {
    const facts = readDocument(text, names);
    return withList.flatMap((check) => entriesFor(check, facts, judging));
  });
  return [...new Set(entries)];
}

type Facts = ReturnType<typeof readDocument>;

function entriesFor(check: Check<AnyFacts>, facts: Facts, { id, lists, now }: Judging): readonly string[] {
  const entries = entriesOf(id, lists) ?? [];
  const namedWith = (...more: readonly string[]): readonly string[] => {
    const answer = check.assess(facts, { now, lists: { ...lists, [id]: [...entries, ...more] } });
    return answer.state === 'fail' || answer.state === 'warn' ? answer.seen : [];
  };
  const named = namedWith();
  const inFacts = check.needs.flatMap((name) => {
    const field = facts[name];
    return field?.kind === 'known' ? textsIn(field.value) : [];
  });
  return named.flatMap((seen) => {
    const takesAway = (entry: string): boolean => {
      const left = namedWith(entry);
      return left.length < named.length && !left.includes(seen) && left.every((one) => named.includes(one));
    };
    const found = [...partsOf(seen), ...inFacts].slice(0, mostTried).find(takesAway);
    return found === undefined ? [] : [found];
  });
}

/** `0.0.0.0:443/tcp` → itself, `443/tcp`, `0.0.0.0`: what is narrow is tried first. */
function partsOf(seen: string): readonly string[] {
  const words = seen.split(/[\s,]+/).flatMap((word) => {
    const at = word.lastIndexOf(':');
    return at < 0 ? [word] : [word, word.slice(at + 1), word.slice(0, at)];
  });
  const parts = [seen, ...words].flatMap((part) => [part, part.replace(/^CAP_/, '')]);
  return [...new Set(parts)].filter((part) => part !== '');
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
