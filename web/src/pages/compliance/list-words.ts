import type { OperatorListInPlace } from '#compliance/contract.ts';
import { counted } from '../../ui/format.ts';
import type { Headline } from './check-words.ts';

/** What holds of a list; missing: nobody named anything, and nothing is shipped. */
export function heldEntries({ saved, shipped }: OperatorListInPlace): readonly string[] | undefined {
  return saved?.entries ?? shipped;
}

/** Where what holds comes from. */
export function sourceWords(list: OperatorListInPlace): string {
  if (list.saved?.entries !== undefined) return `set by ${list.saved.by}`;
  return list.shipped === undefined ? 'not set' : 'as shipped';
}

/** Lists without which checks do not answer are said first. */
export function headOfLists(lists: readonly OperatorListInPlace[]): Headline {
  const open = lists.filter((list) => heldEntries(list) === undefined);
  const waiting = open.reduce((sum, { checks }) => sum + checks.length, 0);
  const own = lists.filter(({ saved }) => saved?.entries !== undefined).length;
  const shipped = lists.length - own - open.length;
  const rest = `${counted(own, 'list is', 'lists are')} set by people, ${counted(shipped, 'holds', 'hold')} what is shipped.`;
  return open.length > 0
    ? {
        state: 'unknown',
        word: `${counted(waiting, 'check waits', 'checks wait')} for ${counted(open.length, 'list')}.`,
        sentence: rest,
      }
    : { state: 'pass', word: 'Every list holds something to compare with.', sentence: rest };
}

/** One entry on each line, without empty ones, each once. */
export function entriesIn(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

/** What of a proposal is not in the text yet, added below it. */
export function withProposed(text: string, values: readonly string[]): string {
  return [...new Set([...entriesIn(text), ...values])].join('\n');
}
