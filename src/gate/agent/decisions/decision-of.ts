import { type ImageDigest, oneLine } from '#base/index.ts';
import type { Decision, DecisionCause } from '#admission/contract.ts';
import type { StartDecision } from '../answer/start-decision.ts';
import type { Armed } from '../answer/gate-socket.ts';
import type { StartAnswer } from '../answer/starts.ts';
import type { SpooledDecision } from '../schema.ts';

/** What the agent knows of a start that the wrapper told of. */
export interface KnownStart {
  /** What was answered, where the agent was asked; also what came too late. */
  readonly answer: StartAnswer | undefined;
  /** How long that answer took. */
  readonly milliseconds?: number;
  /** How its container stood when it was made; `undefined` where no sensor watches. */
  readonly armed: Armed | undefined;
  readonly subject: string;
  readonly environment: string | undefined;
  readonly digest: ImageDigest | undefined;
  /** What speaks of the image now. */
  readonly cause?: DecisionCause;
  /** What the ledger's word on the image rests on. */
  readonly evidence: readonly string[];
}

/** The decision of a start, as it is told: what the wrapper saw, joined with why. */
export function decisionOf(spooled: SpooledDecision, known: KnownStart): Decision {
  const isFollowed = spooled.asked === 'answered' && known.answer?.answer === spooled.answer;
  const judged = known.answer !== undefined && isFollowed ? known.answer : judgedAlone(spooled, known);
  const { digest = known.digest } = judged;
  const { environment, subject } = known.answer ?? known;
  const held = known.answer?.held ?? spooled.held;
  return {
    id: spooled.id,
    time: spooled.time,
    gate: 'runtime-wrapper',
    ring: 2,
    action: actionOf(spooled),
    subject: oneLine(subject, 1024),
    container: spooled.container.slice(0, 64),
    ...(environment !== undefined && { environment }),
    ...(digest !== undefined && { digest }),
    answer: spooled.answer,
    effect: judged.effect,
    cause: judged.cause,
    ...(judged.rule && { rule: judged.rule }),
    evidence: judged.evidence.slice(0, 20).map((sentence) => oneLine(sentence, 2000)),
    reason: oneLine(judged.reason, 2000),
    milliseconds: spooled.milliseconds,
    ...(held !== undefined && { held }),
    ...armedOf(known.armed),
    ...lateAnswerOf(spooled, known),
  };
}

/** The wrapper's own answer: it asked nobody, nobody answered, or it could not do what the agent said. */
function judgedAlone(
  { answer, asked, cause, effect, rule, reason, evidence = [] }: SpooledDecision,
  known: KnownStart,
): StartDecision {
  const isAlone = asked === 'late' || asked === 'away';
  const absence = asked === 'late' ? 'The agent did not answer in time.' : 'The agent was not there.';
  return {
    answer,
    effect: effect ?? (answer === 'deny' ? 'block' : isAlone ? 'alert' : 'ignore'),
    // The wrapper's form of the ledger does not tell a verdict from a compliance rule.
    cause: cause === 'verdict' && known.cause === 'compliance' ? 'compliance' : cause,
    ...(rule && { rule }),
    evidence: [...evidence, ...(cause === 'verdict' ? known.evidence : []), ...(isAlone ? [absence] : [])],
    reason: reason ?? '',
  };
}

function actionOf({ verb, build, plugin }: SpooledDecision): string {
  if (build) return 'build';
  if (plugin === true) return 'plugin';
  return verb === 'restore' || verb === 'exec' ? verb : 'start';
}

function armedOf(armed: Armed | undefined): Pick<Decision, 'armed'> {
  if (armed === undefined) return {};
  const { milliseconds } = armed;
  return { armed: { state: armed.armed ? 'armed' : 'late', milliseconds } };
}

/** The wrapper went by its own answer; what the agent said after that changed nothing. */
function lateAnswerOf({ asked }: SpooledDecision, known: KnownStart): Pick<Decision, 'lateAnswer'> {
  if (asked !== 'late' || known.answer === undefined) return {};
  const { answer, reason } = known.answer;
  return { lateAnswer: { answer, reason: oneLine(reason, 2000), milliseconds: known.milliseconds ?? 0 } };
}
