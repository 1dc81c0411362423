import type { AuditEntry, ChainStart } from '#access/contract.ts';
import { count, dateTime } from '../../ui/format.ts';
import { differencesIn } from './audit-difference.ts';

/** `token-made` as `Token made`. */
export function actionWords(action: string): string {
  const words = action.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What agents say of the trail. */
export function agentWords(agents: number): string {
  if (agents === 0) return 'No agent holds a head of it yet: a cut tail could not be seen.';
  return `What ${agents === 1 ? 'one agent holds' : `${count(agents)} agents hold`} of it is the same.`;
}

/** Where an entry by the key of now vouches for those before it. */
export function startWords({ kind, through, sequence, at }: ChainStart): string {
  switch (kind) {
    case 'audit-sealed':
      return `Entries up to ${count(through)} are from before the trail was keyed; entry ${count(sequence)} vouches for them.`;
    case 'keys-reset':
      return `The keys were discarded on ${dateTime(at)}: entries up to ${count(through)} can be proven by no key any more; they were not changed since.`;
  }
}

/** Facts of a change on one line: `role ci, days 90`. What holds other things is left to the raw entry. */
export function detailWords(detail: NonNullable<AuditEntry['detail']>): string {
  return Object.entries(detail)
    .flatMap(([name, value]) => {
      const words = valueWords(value);
      return words === undefined ? [] : [`${nameWords(name)} ${words}`];
    })
    .join(', ');
}

/** The differences of an entry on one line: `effect: alert → block; only fixed: yes → no`. */
export function csvDifferences({ detail }: Pick<AuditEntry, 'detail'>): string {
  return differencesIn(detail)
    .map(({ path, before = '–', after = '–' }) => `${path === '' ? '' : `${path}: `}${before} → ${after}`)
    .join('; ');
}

/** `expiresAt` as `expires at`. */
function nameWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Values of a list that one line names; the raw entry has all. */
const mostNamed = 8;

function valueWords(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const all = value.slice(0, mostNamed).map(valueWords);
    if (all.length === 0 || all.includes(undefined)) return undefined;
    return value.length > mostNamed ? `${all.join(' ')} and ${count(value.length - mostNamed)} more` : all.join(' ');
  }
  switch (typeof value) {
    case 'string':
      if (moment.test(value)) return dateTime(value);
      // What follows parts it from the next fact.
      return value === '' ? undefined : value.replace(/\.$/, '');
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
}
