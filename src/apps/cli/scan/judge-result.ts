import { type PolicyFacts, judge, openRulebook, type Policy, type Verdict } from '#policy/index.ts';
import { readResult } from './read-result.ts';
import type { JsonResult } from './schema.ts';

/** Judges the JSON result of an earlier scan. Throws `AppError('usage')` when the file is none. */
export async function judgeResult(file: string, policy: Policy, now: Date): Promise<Verdict> {
  const result = await readResult(file);
  const rulebook = await openRulebook({ policies: [policy], collections: [], exceptions: [] });
  const images = result.image?.names ?? [result.target];
  return judge(factsOf(result, now), rulebook, { now, where: [{ images, labels: {} }] });
}

function factsOf(result: JsonResult, now: Date): PolicyFacts {
  const { database, distribution, image, packages, findings, faults } = result;
  return {
    scan: { state: 'done', scannedAt: now.toISOString(), faults },
    database:
      database === undefined
        ? { state: 'missing', reason: 'The result was made without one.' }
        : { state: 'ready', builtAt: database.builtAt, feeds: feedsOf(result) },
    image: {
      labels: {},
      ...(distribution === undefined ? {} : { distribution: { id: distribution.id, version: distribution.version } }),
      ...(image?.created === undefined ? {} : { created: image.created }),
      packages,
    },
    findings,
  };
}

/** Sources that spoke for something in it: those of its findings, its distribution and its languages. */
function feedsOf({ database, distribution, packages, findings }: JsonResult) {
  const spoke = new Set(findings.map(({ matchedBy }) => matchedBy.ecosystem));
  const types = new Set<string>(packages.map(({ type }) => type));
  const sources = database?.sources.filter(({ id }) => {
    const [family = '', release] = id.toLowerCase().replaceAll(' ', '').split(':');
    if (spoke.has(id) || types.has(family)) return true;
    return family === distribution?.id && (release === undefined || distribution.version?.startsWith(release));
  });
  return (sources ?? []).map(({ id, asOf, feed }) => ({
    feed: feed ?? id,
    ecosystem: id,
    ...(asOf === undefined ? {} : { asOf }),
  }));
}
