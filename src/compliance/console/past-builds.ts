import type { Immutable } from '#base/index.ts';
import { type ImageBuild, recentBuilds } from '#catalog/console/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { ComplianceRule, replayComplianceRule } from '../contract.ts';
import { limits } from '../limits.ts';
import { readTerms } from './answers.ts';
import { imagesPlace } from './images-place.ts';
import { Judge, type PlacedSubject, type rulesOn, type Seeing } from './judge-subjects.ts';
import { complianceSchema } from './schema.ts';

type Builds = Immutable<ReplyOf<typeof replayComplianceRule>>['builds'];

/** The rule that is tried, and which rule would apply to what stands somewhere. */
interface TriedAmong {
  readonly id: string;
  readonly ruleThen: Awaited<ReturnType<typeof rulesOn>>;
  readonly ruleNow: Awaited<ReturnType<typeof rulesOn>>;
}

/** Days of builds that a replay goes back. */
const days = 30;
const day = 24 * 60 * 60_000;
const mostExamples = 20;

/**
 * What a rule would have done to the builds of the last days: each by the facts of its image that are kept now. An image
 * whose scan is forgotten, or older than checks, is unknown.
 */
export async function replayBuilds(
  queries: Queries,
  { view, now }: Seeing,
  { id, ruleThen, ruleNow }: TriedAmong,
): Promise<Builds> {
  const since = new Date(now.getTime() - days * day);
  const { builds: read, more } = await recentBuilds(queries, { since, limit: limits.replayedBuilds.value });
  const placed = read.map((build) => ({ build, place: placeOf(build) }));
  const own = placed.filter(
    ({ place }) => (view === undefined || view(place)) && ruleThen({ places: [place] })?.id === id,
  );
  const known = await readImages(queries, [...new Set(own.map(({ build }) => build.subject))]);
  const judge = await Judge.open(queries, [...known.values()], await readTerms(queries, now));
  const judged = own.map(({ build, place }) => {
    const image = known.get(build.subject);
    const effect = (rule: ComplianceRule | undefined) => image && judge.effect({ ...image, places: [place] }, rule);
    const there = { places: [place] };
    return { build, was: effect(ruleNow(there)), would: effect(ruleThen(there)) };
  });
  const failing = judged.filter(({ would }) => would?.effect === 'block');
  return {
    days,
    replayed: own.length,
    failed: failing.length,
    failedNow: judged.filter(({ was }) => was?.effect === 'block').length,
    unknown: judged.filter(({ would }) => would === undefined).length,
    more,
    examples: failing.slice(0, mostExamples).map(({ build, would }) => ({
      image: build.subject,
      name: (build.image.names[0] ?? build.target).slice(0, 512),
      at: build.receivedAt,
      ...(build.job !== undefined && { job: build.job.name }),
      checks: [...(would?.checks ?? [])],
    })),
  };
}

/** Where a build says that its image belongs. */
function placeOf({ image, application }: ImageBuild): PlacedSubject['places'][number] {
  const { names, settings } = image;
  return { images: names, labels: settings.labels, ...(application !== undefined && { application }) };
}

async function readImages(queries: Queries, images: readonly string[]): Promise<ReadonlyMap<string, PlacedSubject>> {
  if (images.length === 0) return new Map();
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('subject')
    .innerJoin('facts', 'facts.id', 'subject.facts')
    .select(['host', 'subject.kind', 'subject.id', 'name', 'subject.facts', 'size', 'since', 'reported_at'])
    .select(['facts.evaluation', 'facts.outcome', 'facts.changed_at'])
    .where('host', '=', imagesPlace)
    .where('subject.kind', '=', 'image')
    .where('subject.id', 'in', images)
    .where('facts.evaluation', 'is not', null)
    .execute();
  return new Map(rows.map((row) => [row.id, { ...row, places: [] }]));
}
