import { oneLine } from '#base/index.ts';
import type { TrialLine } from '../../contract.ts';
import type { LineAsk } from './lines.ts';
import { trialDigest } from './names.ts';
import { readRefusal } from './read-refusal.ts';
import type { RingAnswer, TriedRing } from './ring.ts';

/** How a ring stood to a line. */
export interface LineResult {
  readonly state: TrialLine['state'];
  readonly reason?: string;
  /** The ring could not be asked: once it can, another try tells more. */
  readonly asked?: 'not';
}

/**
 * Asks a ring for a start that breaks one line, after the same start without the break. Refused is what is refused with the
 * break alone, by words that name the line. What passes although the agent itself would refuse it, a gate let through.
 */
export async function tryLine(ask: LineAsk, ring: TriedRing): Promise<LineResult> {
  if (ask.kind === 'none') return untried(ask.reason);
  const absence = ring.absence();
  if (absence !== undefined) return { ...untried(absence), asked: 'not' };
  const { start, proof } = ask;
  const { broken: _, ...sound } = start;
  const plain = await ring.ask({
    ...sound,
    digest: trialDigest,
    image: start.image.replace(start.digest, trialDigest),
  });
  if (plain.kind === 'unanswered') return unanswered(plain);
  if (plain.kind === 'refused') return untried(`A start that breaks nothing is refused as well: ${plain.text}`);
  const answer = await ring.ask(start);
  if (answer.kind === 'unanswered') return unanswered(answer);
  if (answer.kind === 'refused') {
    const isFor = readRefusal(answer.text, proof);
    return isFor === true ? { state: 'refused' } : untried(isFor);
  }
  const own = await ring.own(start);
  if (own.kind === 'unanswered') return unanswered(own);
  if (own.kind === 'let-through') return untried(unobjected);
  // The ledger may have changed in between: a gate that lags behind it for a moment refuses when it is asked again.
  const again = await ring.ask(start);
  if (again.kind === 'unanswered') return unanswered(again);
  if (again.kind === 'refused') return untried('What is in force changed during the trial.');
  return { state: 'passed', reason: oneLine(`It let a start through that the agent refuses: ${own.text}`, 1000) };
}

const unobjected =
  'Nothing objects to what the trial asks for: an exception, a list, the engine’s settings or what this host lacks decides otherwise.';

function unanswered({ why }: Extract<RingAnswer, { readonly kind: 'unanswered' }>): LineResult {
  return { ...untried(`It could not be asked: ${why}`), asked: 'not' };
}

function untried(reason: string): LineResult {
  return { state: 'untried', reason: oneLine(reason, 1000) };
}
