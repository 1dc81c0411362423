import type { PolicyFinding, PolicyImage } from '../../facts.ts';
import type { ExpressionValue } from '#rules/index.ts';
import type { RuleContext } from '../../rule.ts';

const day = 24 * 60 * 60_000;

/** `finding`, as docs/how-to/write-rules.md tells. */
export function findingVariable(finding: PolicyFinding, now: Date): ReadonlyMap<string, ExpressionValue> {
  return new Map<string, ExpressionValue>([
    ['id', finding.id],
    ['aliases', finding.aliases],
    ['severity', finding.severity],
    ['score', finding.score ?? null],
    ['epss', finding.epss?.score ?? null],
    ['kev', finding.kev !== undefined],
    ['ransomware', finding.kev?.ransomware === true],
    ['package', finding.package],
    ['type', finding.type],
    ['purl', finding.purl],
    ['installed', finding.installed],
    ['fixed', finding.fixed ?? ''],
    ['status', finding.status],
    ['layer', BigInt(finding.layer)],
    ['path', finding.path ?? ''],
    ['advisory', finding.matchedBy.advisory],
    ['publishedDays', daysSince(finding.published, now)],
  ]);
}

/** `image`: what it is, and what is known of it where it lies. */
export function imageVariable(
  image: PolicyImage,
  { where, now }: Pick<RuleContext, 'where' | 'now'>,
): ReadonlyMap<string, ExpressionValue> {
  return new Map<string, ExpressionValue>([
    ['names', distinct(where.flatMap(({ images }) => images))],
    ['environment', where.find(({ environment }) => environment !== undefined)?.environment ?? ''],
    ['applications', distinct(where.flatMap(({ application }) => application ?? []))],
    ['hosts', distinct(where.flatMap(({ host }) => host ?? []))],
    ['labels', new Map(Object.entries(image.labels))],
    ['distribution', image.distribution?.id ?? ''],
    ['distributionVersion', image.distribution?.version ?? ''],
    ['createdDays', daysSince(image.created, now)],
    [
      'packages',
      image.packages.map(
        ({ type, name, version, purl, layer }) =>
          new Map<string, ExpressionValue>([
            ['type', type],
            ['name', name],
            ['version', version],
            ['purl', purl],
            ['layer', BigInt(layer)],
          ]),
      ),
    ],
  ]);
}

/** Whole days; `null` where the date is not known. */
function daysSince(moment: string | undefined, now: Date): bigint | null {
  const at = Date.parse(moment ?? '');
  return Number.isNaN(at) ? null : BigInt(Math.floor((now.getTime() - at) / day));
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}
