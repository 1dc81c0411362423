import type { CheckResult } from './evaluate.ts';

/** What checks say of a subject by one of its documents. */
export interface DocumentResults {
  /** `inspect`, `effective`. */
  readonly document: string;
  readonly results: readonly CheckResult[];
}

/** The answer of one check over all documents of a subject. */
export type JoinedResult = CheckResult & {
  /** The document that decided. */
  readonly document: string;
  /** Documents that say otherwise: what was configured passes, what is in effect fails, or the other way round. */
  readonly otherwise?: readonly { readonly document: string; readonly state: CheckResult['state'] }[];
};

/**
 * The worst that a document states holds; what could not be judged may hide a failure. One that lacks what a check asks for
 * contradicts nobody, except the one of what is in effect: it has all that was configured, and lacks only what a container
 * hides, so that no other document passes for it.
 */
const order = [
  'fail',
  'error',
  'warn',
  'pass',
  'not-applicable',
  'not-assessed',
] as const satisfies readonly CheckResult['state'][];

/** Kind of the document of what is in effect. */
export const effectiveDocument = 'effective';

/** States that say something of the subject, and those beside which other documents are shown. */
const decided: ReadonlySet<CheckResult['state']> = new Set(['fail', 'warn', 'pass']);
const shown: ReadonlySet<CheckResult['state']> = new Set([...decided, 'error']);

/** Joins what the documents of one subject say, check by check, in the order of the first. */
export function joinDocuments(documents: readonly DocumentResults[]): readonly JoinedResult[] {
  const byCheck = new Map<string, JoinedResult[]>();
  for (const { document, results } of documents) {
    for (const result of results) {
      const known = byCheck.get(result.id);
      if (known === undefined) byCheck.set(result.id, [inDocument(result, document)]);
      else known.push(inDocument(result, document));
    }
  }
  return [...byCheck.values()].flatMap((answers) => (answers.length === 1 ? answers : joined(answers)));
}

const placed = new WeakMap<CheckResult, JoinedResult>();

/** An answer that many subjects share stays one object. */
function inDocument(result: CheckResult, document: string): JoinedResult {
  const known = placed.get(result);
  if (known?.document === document) return known;
  const made = { ...result, document };
  placed.set(result, made);
  return made;
}

function joined(answers: readonly JoinedResult[]): readonly JoinedResult[] {
  const [holding, ...others] = answers.toSorted(
    (left, right) => order.indexOf(left.state) - order.indexOf(right.state),
  );
  if (holding === undefined) return [];
  const hidden = others.find(({ document, state }) => document === effectiveDocument && state === 'not-assessed');
  if (holding.state === 'pass' && hidden !== undefined) return [hidden];
  const otherwise = others
    .filter(({ state }) => decided.has(state) && shown.has(holding.state) && state !== holding.state)
    .map(({ document, state }) => ({ document, state }));
  return [otherwise.length === 0 ? holding : { ...holding, otherwise }];
}
