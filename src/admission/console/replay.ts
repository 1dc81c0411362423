import type { Immutable } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import { readHostNames, readPlacements, type View } from '#inventory/console/index.ts';
import { inTurns } from '#rules/console/index.ts';
import { ruleFor, withRule } from '#rules/index.ts';
import type { Queries } from '#store/index.ts';
import type { AdmissionRule, AdmissionRuleText, LedgerEntry, replayAdmissionRule } from '../contract.ts';
import { entryOf, withCompliance } from '../entry-of.ts';
import { startsOf } from './host-entries.ts';
import type { Start } from './start.ts';
import { type LedgerContext, readLedgerContext } from './ledger-context.ts';
import { admissionRules } from './rules.ts';

type Asked = Omit<HandlerInput<typeof replayAdmissionRule>['body'], 'rule'> & { readonly rule: AdmissionRuleText };
type Replay = Immutable<ReplyOf<typeof replayAdmissionRule>>;

/** A rule that is tried needs a name of its own where it is new. */
const tried = 'tried';
const mostExamples = 50;

/** What the edited rule, in its place among the others, would make of the images that lie on hosts now. Nothing is saved. */
export async function replay(
  queries: Queries,
  asked: Asked,
  { view, now, signal }: { readonly view: View; readonly now: Date; readonly signal: AbortSignal },
): Promise<Replay> {
  const edited: AdmissionRule = { ...asked.rule, id: asked.id ?? tried, version: 1 };
  const rules = await admissionRules.inForce(queries);
  const context = await readLedgerContext(queries, await readHostNames(queries), now);
  const trial = { context, before: rules, after: withRule(rules, edited), edited };
  const outcomes: Outcome[] = [];
  await inTurns(context.hosts, signal, (host) => {
    for (const start of startsOf(host))
      if (view === undefined || view(start.place)) outcomes.push(...outcomeOf(start, trial));
  });
  const images = [...new Map(outcomes.map((outcome) => [keyOf(outcome), outcome])).values()];
  const worst = (effect: Outcome['would']): number => images.filter(({ would }) => would === effect).length;
  const changed = images.filter(({ was, would }) => was !== would);
  return {
    images: images.length,
    denied: worst('refused'),
    alerted: worst('alerted'),
    running: await countRunning(queries, outcomes),
    examples: changed.toSorted(byWeight).slice(0, mostExamples).map(toExample),
  };
}

type Word = 'refused' | 'alerted' | 'allowed';

interface Outcome {
  readonly start: Start;
  readonly was: Word;
  readonly would: Word;
  readonly reason: string;
}

interface Trial {
  readonly context: LedgerContext;
  readonly before: readonly AdmissionRule[];
  readonly after: readonly AdmissionRule[];
  readonly edited: AdmissionRule;
}

/** Nothing where another rule holds. */
function outcomeOf(start: Start, { context, before, after, edited }: Trial): readonly Outcome[] {
  const rule = ruleFor(after, context.collections, start.place);
  const other = ruleFor(before, context.collections, start.place);
  if (rule?.id !== edited.id || other === undefined) return [];
  const would = answerTo(start, rule, context);
  return [{ start, was: answerTo(start, other, context).word, would: would.word, reason: would.reason }];
}

function answerTo(
  { image, digest, place }: Start,
  rule: AdmissionRule,
  { verdictOf, compliance, collections }: LedgerContext,
): { readonly word: Word; readonly reason: string } {
  const { environment } = place;
  const verdict = verdictOf(image.subject, environment);
  if (verdict === undefined)
    return { word: wordOf(rule.unknown), reason: 'It is not judged there: nothing that may speak for it was scanned.' };
  const judged = { digest, aliases: [], verdict: verdict.brief, judgedAt: verdict.judgedAt };
  const byVerdict = entryOf({ ...judged, ...(environment === undefined ? {} : { environment }) }, rule);
  const entry = withCompliance(byVerdict, verdict.brief, ruleFor(compliance.rules, collections, place));
  return { word: wordOf(entry.effect), reason: entry.reason };
}

function wordOf(effect: LedgerEntry['effect']): Word {
  switch (effect) {
    case 'block':
      return 'refused';
    case 'alert':
      return 'alerted';
    case 'ignore':
      return 'allowed';
    default:
      return effect satisfies never;
  }
}

function keyOf({ start }: Outcome): string {
  return `${start.digest} ${start.place.environment ?? ''}`;
}

const weights: Readonly<Record<Word, number>> = { refused: 0, alerted: 1, allowed: 2 };

function byWeight(left: Outcome, right: Outcome): number {
  return weights[left.would] - weights[right.would];
}

function toExample({ start, was, would, reason }: Outcome): Replay['examples'][number] {
  const { digest, place } = start;
  const { environment } = place;
  return {
    image: (place.images[0] ?? digest).slice(0, 512),
    digest,
    ...(environment === undefined ? {} : { environment }),
    was,
    would,
    reason,
  };
}

/** Containers that run now of an image that would not start again where they stand. */
async function countRunning(queries: Queries, outcomes: readonly Outcome[]): Promise<number> {
  const refused = outcomes.filter(({ would }) => would === 'refused');
  const placements = await readPlacements(queries, [...new Set(refused.map(({ start }) => start.image.subject))]);
  const counts = refused.map(({ start: { image, place } }) => {
    const there = placements.get(image.subject)?.find(({ host }) => host === place.host);
    return there?.containers.filter(({ environment = there.environment }) => environment === place.environment).length;
  });
  return counts.reduce<number>((sum, count = 0) => sum + count, 0);
}
