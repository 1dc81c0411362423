import { oneLine } from '#base/index.ts';
import type { Decision } from '#admission/contract.ts';
import type { StartDecision } from '../answer/start-decision.ts';

/** What the gate says about one request. */
export interface Outcome {
  readonly judged: StartDecision;
  /** What was asked for: `create`, `start`, `pull` … */
  readonly action: string;
  /** The image's name, or the container's. */
  readonly subject: string;
  readonly container?: string;
  readonly environment?: string;
  /** Milliseconds for which it waited for a verdict. */
  readonly held?: number;
  /** The agent asks to see what is answered. No engine holds its image, so nothing comes of it. */
  readonly isTrial?: true;
}

/** A request that the gate lets nobody make, or that it cannot read. */
export function refused(action: string, subject: string, reason: string): Outcome {
  return {
    action,
    subject,
    judged: { answer: 'deny', effect: 'block', cause: 'request', evidence: [], reason },
  };
}

/** The gate could not see what it must. */
export function faulty(action: string, subject: string, reason: string): Outcome {
  return { action, subject, judged: { answer: 'deny', effect: 'block', cause: 'gate-fault', evidence: [], reason } };
}

/** What a refused caller reads: what, where, why, and what to do. */
export function sentenceOf({ judged, action, subject, environment }: Outcome): string {
  const place = environment === undefined ? '' : ` in ${environment}`;
  const by = judged.rule === undefined ? '' : ` by the rule “${judged.rule.name}”`;
  return oneLine(`Seawall refuses to ${action} ${subject}${place}${by}. ${judged.reason}`, 2000);
}

export interface Asked {
  readonly id: string;
  readonly at: Date;
  readonly milliseconds: number;
  readonly principal: string | undefined;
}

export function decisionOf(outcome: Outcome, { id, at, milliseconds, principal }: Asked): Decision {
  const { judged, action, subject, container, environment, held } = outcome;
  return {
    id,
    time: at.toISOString(),
    gate: 'docker-authorization',
    ring: 1,
    ...(principal !== undefined && { principal: oneLine(principal, 512) }),
    action: oneLine(action, 64),
    subject: oneLine(subject, 1024),
    ...(container !== undefined && { container: oneLine(container, 64) }),
    ...(environment !== undefined && { environment }),
    ...(judged.digest !== undefined && { digest: judged.digest }),
    answer: judged.answer,
    effect: judged.effect,
    cause: judged.cause,
    ...(judged.rule !== undefined && { rule: judged.rule }),
    evidence: judged.evidence.slice(0, 20).map((sentence) => oneLine(sentence, 2000)),
    reason: oneLine(judged.reason, 2000),
    milliseconds,
    ...(held !== undefined && { held }),
  };
}
