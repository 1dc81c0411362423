import { AppError } from '#base/index.ts';
import { type HandlerContext, type Route, route } from '#http/console/index.ts';
import type { FileReply } from '#http/fields.ts';
import type { HandlerInput } from '#http/index.ts';
import { callerNamed } from '#rules/console/index.ts';
import { getEvidencePackage, getEvidenceRecord } from '../../../contract.ts';
import { signedPackage } from '../../../evidence/package/index.ts';
import { eyesOf } from '../looking.ts';
import { askedScope } from '../scopes.ts';
import { lookingAt, templateNamed } from '../templates-here.ts';
import { type AskedAssessment, collectAssessment } from './collect-assessment.ts';
import { collectEvidence } from './collect-evidence.ts';
import { subjectsOfImports, withImports } from './collect-imports.ts';
import { withTrials } from './collect-trials.ts';
import { withVerdicts } from './collect-verdicts.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { PackageDependencies } from './package-dependencies.ts';
import { packagePartTask, packageTask } from './package-task.ts';
import { recordFile } from './record-file.ts';

/** What an auditor takes away. One is made at once for each caller. */
export function packageRoutes(dependencies: PackageDependencies): readonly Route[] {
  const alone = oneAtATime();
  return [
    route(getEvidencePackage, async (input) =>
      alone(callerNamed(input.principal), async () => await packageFile(dependencies, input)),
    ),
    route(getEvidenceRecord, async (input) =>
      alone(callerNamed(input.principal), async () => await recordFile(dependencies, input)),
    ),
  ];
}

type Input = HandlerInput<typeof getEvidencePackage> & HandlerContext;

const day = 24 * 60 * 60_000;
/** Milliseconds that a child process may compute for one package. */
const longestPacking = 120_000;

async function packageFile(dependencies: PackageDependencies, input: Input): Promise<FileReply> {
  const { store, clock, children, seal, version, makeBundle } = dependencies;
  const { principal, params, query, request } = input;
  const now = clock();
  const asked = query.at === undefined ? undefined : { at: new Date(query.at) };
  if (asked !== undefined && asked.at > now)
    throw new AppError('bad-request', 'The moment lies ahead. Name one that is over.');
  const asking = { ...(await eyesOf(store, principal)), scope: askedScope(query), now, moment: asked };
  const looking = lookingAt(await templateNamed(store, params.template), asking);
  const { moment } = looking;
  const sealed = await seal();
  const wanted: AskedAssessment = { ...params, looking, principal, installation: sealed.installation, version };
  const assessment = await collectAssessment(store, wanted);
  const run = { caller: `${callerNamed(principal)} package`, signal: request.signal, timeout: longestPacking };
  const name = `${params.template}-${assessment.at.slice(0, 10)}`;
  if (query.format !== 'package') {
    const text = await children.run(packagePartTask, { format: query.format, assessment }, run);
    return { ...formats[query.format], name: `${name}.${formats[query.format].extension}`, parts: [Buffer.from(text)] };
  }
  const isWhole = looking.view === undefined && query.environment === undefined && query.application === undefined;
  const evidence = await collectEvidence(store, {
    subjects: [...assessment.subjects, ...subjectsOfImports(assessment.imports ?? [])],
    reach: isWhole ? 'whole-log' : 'subjects',
    from: new Date((moment?.at ?? now).getTime() - query.days * day),
    until: looking.view === undefined ? undefined : moment?.at,
  });
  const { keys, key, handOvers } = sealed;
  const bare = { assessment, evidence: { ...evidence, keys, handOvers, records: [] } };
  const plain = moment === undefined ? await withImports(store, await withTrials(store, bare)) : bare;
  const packed =
    isWhole && moment === undefined && makeBundle !== undefined
      ? await withVerdicts(store, plain, { now, makeBundle, principal, caller: run.caller, signal: request.signal })
      : plain;
  const unsigned = await children.run(packageTask, packed, run);
  return { type: 'application/zip', name: `${name}.zip`, parts: signedPackage(unsigned, key) };
}

const formats = {
  html: { type: 'text/html; charset=utf-8', extension: 'html' },
  oscal: { type: 'application/json', extension: 'oscal.json' },
  csv: { type: 'text/csv; charset=utf-8', extension: 'csv' },
} as const;
