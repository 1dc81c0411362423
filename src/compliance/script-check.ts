import { createHash } from 'node:crypto';
import { type Field, type FieldsOf, oneLine } from '#base/index.ts';
import type { ScriptOutcome } from '#catalog/contract.ts';
import type { Assessment, Check, Evidence } from './check.ts';
import type { ScriptCheck } from './contract-custom.ts';
import type { UntypedFacts } from './custom-check.ts';

/** Facts of kept texts that such a check asks for. */
interface ScriptFacts {
  readonly scripts: readonly ScriptOutcome[];
}

/**
 * A check whose script ran while the image was scanned. It counts for what exactly this text said; who wrote it and its
 * hash are the evidence.
 */
export function scriptCheck(definition: ScriptCheck): Check<UntypedFacts> {
  const hash = createHash('sha256').update(definition.script).digest('hex');
  return {
    ...definition,
    needs: ['scripts'],
    lists: [],
    assess(facts) {
      const { scripts } = facts as FieldsOf<ScriptFacts>;
      const outcome = outcomeIn(scripts, hash);
      const value = outcome === undefined ? 'did not run' : JSON.stringify([outcome.ended, ...outcome.said]);
      const at = `script of ${definition.author}, sha256:${hash}`;
      return { ...answerOf(scripts, outcome), evidence: [{ at, value: oneLine(value, longestValue) }] };
    },
  };
}

const longestValue = 1024;
const longestReason = 1000;

function outcomeIn(scripts: Field<ScriptFacts['scripts']>, hash: string): ScriptOutcome | undefined {
  return scripts.kind === 'missing' ? undefined : scripts.value.find((one) => one.hash === hash);
}

type Answer<State = Assessment> = State extends { readonly evidence: readonly Evidence[] }
  ? Omit<State, 'evidence'>
  : never;

function answerOf(scripts: Field<ScriptFacts['scripts']>, outcome: ScriptOutcome | undefined): Answer {
  if (scripts.kind === 'missing') return { state: 'not-assessed', reason: `The script did not run: ${scripts.why}.` };
  if (outcome === undefined) return { state: 'not-assessed', reason: notRun };
  const { ended, said, reason = 'The script failed.' } = outcome;
  switch (ended) {
    case 'pass':
      return { state: 'pass' };
    case 'fail':
      return { state: 'fail', seen: said };
    case 'error':
      return { state: 'error', reason: oneLine([reason, ...said].join(' '), longestReason) };
  }
}

const notRun =
  'The scan ran scripts, but not this text: it was written or changed later. Scan again with --allow-scripts.';
