import type { Tally } from './tally.ts';

/** Why nothing blocks: what each finding is, so that the numbers add up to all of them. */
export function passSentence(tally: Tally, onlyFixedName: string): string {
  const { all, suppressed, excepted, below, limit } = tally;
  if (all === 0 && suppressed === 0) return 'No finding.';
  if (all === 0) return `No finding counts: ${suppressed} ${suppressed === 1 ? 'is' : 'are'} suppressed.`;
  if (excepted === all) return all === 1 ? 'The only finding is excepted.' : `All ${all} findings are excepted.`;
  if (limit === undefined) return withoutLimit(tally);
  if (below === all)
    return all === 1
      ? `The only finding does not reach the limit ${limit}.`
      : `None of ${all} findings reaches the limit ${limit}.`;
  const parts = [...leftOutParts, ...otherParts].filter(({ of }) => tally[of] > 0);
  const words = wordsOf(parts, tally, onlyFixedName);
  return all === 1
    ? `The only finding does not block: it ${words.join('')}.`
    : `None of ${all} findings blocks: ${parts.map(({ of }, index) => `${tally[of]} ${words[index]}`).join('; ')}.`;
}

/** What counts for no limit though it may reach one, beside findings that block. Empty: there is none. */
export function leftOutSentence(tally: Tally, onlyFixedName: string): string {
  const parts = leftOutParts.filter(({ of }) => tally[of] > 0);
  const [first, ...others] = wordsOf(parts, tally, onlyFixedName).map((words, index) => ({
    words,
    count: tally[parts[index]?.of ?? 'all'],
  }));
  if (first === undefined) return '';
  const noun = `${tally.blocking > 0 ? 'other' : 'finding'}${first.count === 1 ? '' : 's'}`;
  const rest = others.map(({ count, words }) => `; ${count} ${words}`).join('');
  return `${first.count} ${noun} ${first.words}${rest}.`;
}

function withoutLimit({ all, excepted }: Tally): string {
  const counted = all - excepted;
  const waived = excepted === 0 ? '' : `; ${excepted} more ${excepted === 1 ? 'is' : 'are'} excepted`;
  return `No rule stops ${counted === 1 ? `the ${waived === '' ? 'only ' : ''}finding` : `the ${counted} findings`}${waived}.`;
}

interface Part {
  readonly of:
    | 'unfixed'
    | 'unfixedUnrated'
    | 'ignoredUnrated'
    | 'inGrace'
    | 'excepted'
    | 'alerting'
    | 'alertingUnrated'
    | 'below';
  /** What stands after the number; `limit` is how the limit is called there. */
  readonly say: (one: boolean, about: About) => string;
  readonly namesLimit?: boolean;
}

interface About extends Pick<Tally, 'alertLimit' | 'firstGraceEnd'> {
  readonly limit: string;
  readonly onlyFixedName: string;
  readonly alerts: boolean;
}

const leftOutParts: readonly Part[] = [
  {
    of: 'unfixed',
    namesLimit: true,
    say: (one, { limit, onlyFixedName }) =>
      one
        ? `reaches ${limit} but has no fix and does not count for it (${onlyFixedName})`
        : `reach ${limit} but have no fix and do not count for it (${onlyFixedName})`,
  },
  {
    of: 'unfixedUnrated',
    say: (one, { onlyFixedName }) =>
      one
        ? `is not rated yet, has no fix and does not count (${onlyFixedName})`
        : `are not rated yet, have no fix and do not count (${onlyFixedName})`,
  },
  {
    of: 'ignoredUnrated',
    say: (one) =>
      one
        ? 'is not rated yet and does not count (unrated: ignore)'
        : 'are not rated yet and do not count (unrated: ignore)',
  },
  {
    of: 'inGrace',
    say: (one, { firstGraceEnd }) => {
      const date = firstGraceEnd?.slice(0, 10);
      return one
        ? `is in its days of grace and blocks from ${date}`
        : `are in their days of grace, the first blocks from ${date}`;
    },
  },
  { of: 'excepted', say: (one) => (one ? 'is excepted' : 'are excepted') },
];

const otherParts: readonly Part[] = [
  {
    of: 'alerting',
    say: (one, { alertLimit, limit }) =>
      `${one ? 'reaches' : 'reach'} ${alertLimit === undefined ? limit : `the limit ${alertLimit}`}, which only alerts`,
  },
  {
    of: 'alertingUnrated',
    say: (one) => (one ? 'is not rated yet and only alerts' : 'are not rated yet and only alert'),
  },
  {
    of: 'below',
    say: (one, { alerts, limit }) => {
      if (alerts) return `${one ? 'reaches' : 'reach'} no limit`;
      return `${one ? 'does' : 'do'} not reach ${limit}`;
    },
  },
];

/** The limit is named once, and is `it` from then on. */
function wordsOf(parts: readonly Part[], tally: Tally, onlyFixedName: string): readonly string[] {
  const alerts = tally.alerting > 0 || tally.alertLimit !== undefined;
  let isNamed = tally.blocking > 0;
  return parts.map(({ of, say, namesLimit }) => {
    const limit = isNamed ? 'it' : `the limit ${tally.limit}`;
    isNamed ||= namesLimit === true;
    return say(tally[of] === 1, { ...tally, limit, onlyFixedName, alerts });
  });
}
