import type { ReplyOf } from '#http/index.ts';
import type { FeedInfo, getDatabase } from '#vulnerability/contract.ts';
import { counted, daysOld, span, staleAfterDays } from '../ui/format.ts';

export type DatabaseReply = ReplyOf<typeof getDatabase>;

/** How a feed stands: its own date decides, never the time at which a database was built from it. */
export type FeedState = 'fresh' | 'stale' | 'undated';

export function feedStateOf(feed: Pick<FeedInfo, 'asOf'>, now: Date): FeedState {
  const days = daysOld(feed.asOf, now);
  if (days === undefined) return 'undated';
  return days > staleAfterDays ? 'stale' : 'fresh';
}

/** The state of the vulnerability database in a few words, for the top bar. */
export function feedSentence(database: DatabaseReply, now: Date): string {
  switch (database.state) {
    case 'missing':
      return 'No vulnerability database';
    case 'building':
      return `Building feeds, ${database.done} of ${database.total}`;
    case 'ready':
      return ageSentence(database.info.sources, now);
  }
}

function ageSentence(feeds: readonly FeedInfo[], now: Date): string {
  const stale = feeds.filter((feed) => feedStateOf(feed, now) === 'stale').length;
  if (stale > 0) return `${counted(stale, 'feed')} stale`;
  const dates = feeds.flatMap((feed) => (feed.asOf === undefined ? [] : [Date.parse(feed.asOf)]));
  if (dates.length === 0) return 'Age of feeds unknown';
  return `Feeds ${span(now.getTime() - Math.max(...dates))} old`;
}
