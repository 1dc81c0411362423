import { isAppError, type SubjectId } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import { getVerdictBundle } from '#policy/contract.ts';
import type { Queries } from '#store/index.ts';
import type { Assessment } from '../../../evidence/assessment.ts';
import type { EvidenceRecord, PackageInput } from '../../../evidence/package/index.ts';
import { estateContext } from '../context.ts';

/** Makes the signed bundle by which anybody makes a verdict again. An empty environment stands for none. */
export type MakeBundle = (
  asked: { readonly subject: SubjectId; readonly environment: string },
  asking: { readonly caller: string; readonly signal: AbortSignal },
) => Promise<object>;

interface Asked {
  readonly now: Date;
  readonly makeBundle: MakeBundle;
  readonly principal: Principal | undefined;
  readonly caller: string;
  readonly signal: AbortSignal;
}

/** Milliseconds and characters that verdicts of one package may take: each holds all that was found in its image. */
const longest = 30_000;
const mostCharacters = 64 * 1024 * 1024;

/** The bundle of the verdict on each running image in each environment where it runs, as far as there is room. */
async function collectVerdicts(queries: Queries, asked: Asked) {
  const { images, running } = await estateContext(queries, asked.now);
  const began = performance.now();
  const records: (EvidenceRecord & { readonly image: string })[] = [];
  let [characters, all] = [0, 0];
  for (const subject of running.toSorted()) {
    const locations = images.get(subject) ?? [];
    const environments = new Set(
      locations.flatMap(({ environment, containers }) => containers.map((one) => one.environment ?? environment ?? '')),
    );
    for (const environment of [...environments].toSorted()) {
      all += 1;
      if (performance.now() - began > longest || characters > mostCharacters) continue;
      const bundle = await bundleOf(subject, environment, asked);
      if (bundle === undefined) continue;
      const text = `${JSON.stringify(bundle)}\n`;
      characters += text.length;
      const where = environment === '' ? 'none' : environment;
      const name = `${subject.replace('sha256:', '')}-${where}`;
      const title = `Verdict on ${locations[0]?.names[0] ?? subject}, environment ${where}`;
      records.push({ kind: 'verdict', name, title, text, image: subject });
    }
  }
  return { records, all };
}

/** `undefined`: there is no verdict, or it is being made again. */
async function bundleOf(subject: SubjectId, environment: string, { makeBundle, caller, signal }: Asked) {
  try {
    return await makeBundle({ subject, environment }, { caller, signal });
  } catch (error) {
    if (isAppError(error) && (error.code === 'not-found' || error.code === 'conflict')) return undefined;
    throw error;
  }
}

/**
 * Adds bundles to a package, links the answers about verdicts to them, and says on the cover how many there are. A bundle
 * names all holders and publishers of its image: a caller who may not export one gets none here.
 */
export async function withVerdicts(queries: Queries, input: PackageInput, asked: Asked): Promise<PackageInput> {
  const { assessment, evidence } = input;
  if (asked.principal?.permissions.includes(getVerdictBundle.needs) !== true)
    return {
      assessment: noted(assessment, 'Verdicts are not in this package: a bundle needs the role auditor.'),
      evidence,
    };
  const { records, all } = await collectVerdicts(queries, asked);
  const ofImage = Map.groupBy(records, ({ image }) => image);
  const answers = assessment.answers.map((answer): Assessment['answers'][number] => {
    if (answer.source !== 'image-verdict') return answer;
    const names = answer.subjects.flatMap((at) => ofImage.get(assessment.subjects[at]?.id ?? '') ?? []);
    return names.length === 0 ? answer : { ...answer, records: names.map(({ name }) => name) };
  });
  const left = all - records.length;
  const more =
    left === 0 ? '' : ` ${left} have none, or there was no more room; export them by seawall verdict export.`;
  const note = `Verdicts on running images, by image and environment: ${records.length} of ${all} are in this package.${more}`;
  return {
    assessment: noted({ ...assessment, answers }, note),
    evidence: {
      ...evidence,
      records: [...evidence.records, ...records.map(({ kind, name, title, text }) => ({ kind, name, title, text }))],
    },
  };
}

function noted(assessment: Assessment, note: string): Assessment {
  return { ...assessment, notes: [...(assessment.notes ?? []), note] };
}
