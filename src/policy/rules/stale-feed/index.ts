import type { FeedAge } from '#vulnerability/index.ts';
import type { Violation } from '../../contract.ts';
import type { RuleKind, SettingOf } from '../../rule.ts';

type Setting = SettingOf<'stale-feed'>;

const day = 24 * 60 * 60 * 1000;

/** Age is what the feed itself states, in whole days; a feed that states no date, or one to come, has no known age. */
export const staleFeed: RuleKind<Setting> = {
  id: 'stale-feed',
  version: 1,
  summary: 'Feeds whose own date is older than a number of days',
  evaluate({ database }, { days, effect }, { now }) {
    if (effect === 'ignore' || database.state === 'missing') return [];
    const messages = database.feeds
      .map((feed) => complaintOf(feed, days, now))
      .filter((message) => message !== undefined);
    return [...new Set(messages)].map((message) => violation(effect, message));
  },
};

function complaintOf({ ecosystem, asOf }: FeedAge, days: number, now: Date): string | undefined {
  if (asOf === undefined) return `The feed for ${ecosystem} states no date, so its age is not known.`;
  const age = now.getTime() - Date.parse(asOf);
  const date = asOf.slice(0, 10);
  if (Number.isNaN(age) || age < -day)
    return `The feed for ${ecosystem} states the date ${date}, which is not in the past.`;
  const old = Math.floor(age / day);
  if (old <= days) return undefined;
  return `The feed for ${ecosystem} is of ${date}, ${old} days old; the limit is ${days}.`;
}

function violation(effect: Violation['effect'], message: string): Violation {
  const remedy = 'Run `seawall db update`, or raise the limit of this rule if older data is acceptable.';
  return { rule: 'stale-feed', effect, message, remedy };
}
