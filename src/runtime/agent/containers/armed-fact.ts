import { oneLine } from '#base/index.ts';
import type { ArmedFact, RuntimeRule } from '../../contract.ts';
import type { ReportedContainer } from './reported-container.ts';

/** The policy that the configuration asks for in a container. */
export interface AskedPolicy {
  /** The rule that asks for it; missing: none applies. */
  readonly rule: RuntimeRule | undefined;
  /** As it was sent to the sensor; missing: it is not made, because the image is not known yet. */
  readonly sent: SentPolicy | undefined;
  /** The agent runs in it: none of the rules holds. */
  readonly isAgent?: true;
  /** Why the sensor has no table of its image's files; missing: it has it. */
  readonly problem?: string;
}

/** A policy as the sensor was told it. */
export interface SentPolicy {
  readonly number: number;
  readonly version: number;
  /** Why the sensor did not take it; missing: it took it, or has not answered. */
  readonly refusal?: string;
}

/** What is known of a container that runs. */
export interface ArmedEvidence {
  readonly hasConfiguration: boolean;
  /** Missing: the engine has not described it. */
  readonly asked: AskedPolicy | undefined;
  /** Missing: the sensor has not reported it since it was met. */
  readonly reported: ReportedContainer | undefined;
}

/** What is reported of a container: what the sensor reported beside what the configuration asks for. Pure. */
export function armedFactOf(container: string, evidence: ArmedEvidence): ArmedFact {
  const { reported } = evidence;
  return {
    container,
    policy: policyOf(evidence),
    mechanisms: [...(reported?.mechanisms ?? [])],
    ...(reported?.problem !== undefined && { problem: reported.problem }),
    ...(reported !== undefined && { since: new Date(reported.since).toISOString() }),
  };
}

/** Whether the policy that is asked for is in force, at its current version. */
export function isAsked({ asked, reported }: Pick<ArmedEvidence, 'asked' | 'reported'>): boolean {
  const sent = asked?.sent;
  if (sent === undefined || reported === undefined || sent.refusal !== undefined || asked?.problem !== undefined)
    return false;
  // The default is nobody's own policy: it holds while there is no other.
  return reported.policy !== 0 && reported.policy === sent.number && reported.version === sent.version;
}

function policyOf(evidence: ArmedEvidence): ArmedFact['policy'] {
  const { hasConfiguration, asked, reported } = evidence;
  if (!hasConfiguration) return { kind: 'no-orders' };
  if (reported === undefined) return { kind: 'not-reported' };
  if (!isAsked(evidence)) return { kind: 'other', reason: whyOther(asked, reported) };
  if (asked?.isAgent === true) return { kind: 'agent' };
  const rule = asked?.rule;
  return { kind: 'asked', ...(rule !== undefined && { rule: { id: rule.id, version: rule.version } }) };
}

function whyOther(asked: AskedPolicy | undefined, reported: ReportedContainer): string {
  const { sent, problem } = asked ?? {};
  if (sent?.refusal !== undefined) return oneLine(`The sensor did not take its policy: ${sent.refusal}`, 1000);
  if (problem !== undefined) return oneLine(`The sensor has no table of its image's files: ${problem}`, 1000);
  if (sent === undefined)
    return 'Its image is not known to the agent yet, so that there is no policy of its own; the default policy is in force.';
  if (reported.policy === 0) return 'Its policy is not in force yet; the default policy is.';
  if (reported.policy !== sent.number)
    return 'The policy of another rule, model or phase is in force, not yet its own.';
  return 'An older version of its policy is in force.';
}
