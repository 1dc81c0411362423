import type { Overview } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import type { getProtection, listIncidents } from '#runtime/contract.ts';
import { environmentKey, placementsInOrder } from '../../app/environment.ts';
import { notProtected } from '../sensor/protection-words.ts';

/** What the overview's headline goes by. */
export interface HeadlineContext {
  readonly overview: Pick<Overview, 'images' | 'verdicts' | 'unscanned' | 'staleHosts'> & {
    readonly database: Pick<Overview['database'], 'state'>;
  };
  /** Missing: it could not be read. */
  readonly protection: Pick<ReplyOf<typeof getProtection>, 'all' | 'preventing'> | undefined;
  /** Those that are open; missing: they could not be read. */
  readonly incidents: Pick<ReplyOf<typeof listIncidents>, 'open'> | undefined;
  /** Starts that gates refused in the last 24 hours; missing: they could not be read. */
  readonly refused: number | undefined;
}

/**
 * What the headline is about. `lacking`: containers are not protected as their rules ask; `unread`: the console did not
 * answer; `no-database`: nothing can be judged; `away`, `unwatched` and `unscanned`: nothing is known to be wrong, and not
 * everything is seen.
 */
export type Headline =
  | 'incidents'
  | 'refused'
  | 'lacking'
  | 'nothing-scanned'
  | 'broken-rule'
  | 'unread'
  | 'no-database'
  | 'unjudged'
  | 'away'
  | 'unwatched'
  | 'unscanned'
  | 'all-pass';

/** Where rules are broken, for the headline. */
export interface BrokenPlace {
  /** As the address names it; missing: all environments. */
  readonly environment?: string;
  readonly fail: number;
  readonly images: number;
}

/** The chosen environment, else the first one, prod before others, in which an image fails. */
export function brokenIn(
  {
    environments,
    verdicts,
    images,
  }: Pick<Overview, 'images' | 'verdicts'> & {
    readonly environments: readonly Pick<Overview['environments'][number], 'environment' | 'verdicts' | 'images'>[];
  },
  chosen: string | undefined,
): BrokenPlace {
  if (chosen !== undefined) return { environment: chosen, fail: verdicts.fail, images };
  const failing = placementsInOrder(environments).find((row) => row.verdicts.fail > 0);
  if (failing === undefined) return { fail: verdicts.fail, images };
  const { environment, verdicts: own, images: all } = failing;
  return { environment: environmentKey(environment), fail: own.fail, images: all };
}

/** `3 findings reach the limit High, the worst is …` without the sentences after it; a version ends none. */
export function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
}

/** What happened, without why: the first sentence of an incident's title. */
export function briefTitle(title: string): string {
  return /^.*?\.(?= )/.exec(title)?.[0] ?? title;
}

/**
 * The worst that needs a person now: an open incident, a refused start, a container that is not protected, a broken rule;
 * then what is unknown. Without evidence that all is well it never says so.
 */
export function headlineOf({ overview, protection, incidents, refused }: HeadlineContext): Headline {
  const { verdicts, images } = overview;
  if (incidents !== undefined && incidents.open > 0) return 'incidents';
  if (refused !== undefined && refused > 0) return 'refused';
  if (protection !== undefined && notProtected(protection.preventing) > 0) return 'lacking';
  if (images === 0) return 'nothing-scanned';
  if (verdicts.fail > 0) return 'broken-rule';
  if (overview.database.state === 'missing') return 'no-database';
  if (protection === undefined || incidents === undefined || refused === undefined) return 'unread';
  if (verdicts.cannotJudge + verdicts.pending > 0) return 'unjudged';
  if (overview.staleHosts > 0) return 'away';
  if (protection.all.unknown > 0) return 'unwatched';
  return overview.unscanned > 0 ? 'unscanned' : 'all-pass';
}
