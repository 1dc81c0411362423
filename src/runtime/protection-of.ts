import type { Protection, ProtectionCause, ProtectionPart, ProtectionState } from '#inventory/contract.ts';
import type { ArmedFact, RuntimeRule, SensorFact } from './contract.ts';
import { type ArmedMechanism, isPreventing, mechanismWords, protections } from './protections.ts';

/** What is known of a running container when it is asked how it is protected. */
export interface ProtectionEvidence {
  /** The rule that applies to it, as the console has it; missing: none. */
  readonly rule: RuntimeRule | undefined;
  /** Whether its agent is away or revoked. */
  readonly stale: boolean;
  /** How its host's sensor is; missing: its agent never reported that. */
  readonly sensor: Pick<SensorFact, 'state' | 'reason'> | undefined;
  /** What the host's agent reported of it; missing: nothing. */
  readonly armed: ArmedFact | undefined;
}

/**
 * How a container is protected, by what its host reported alone: protected is only what is armed with the policy that its
 * rule asks for, at its current version, by a mechanism for everything that the rule prevents. Pure.
 */
export function protectionOf(given: ProtectionEvidence): Protection {
  const evidence = given.armed?.policy.kind === 'agent' ? { ...given, rule: undefined } : given;
  const { rule, armed } = evidence;
  const found = findingOf(evidence);
  return {
    state: found.state,
    ...(rule !== undefined && { rule: ruleWords(rule) }),
    parts: partsOf(evidence, found),
    ...(found.state !== 'unknown' && armed?.since !== undefined && { since: armed.since }),
    ...(found.cause !== undefined && { cause: found.cause }),
    reason: found.reason,
  };
}

/** Whether the host itself reported that the container is not protected: without its word nothing is opened or closed. */
export function isReported({ cause }: Pick<Protection, 'cause'>): boolean {
  return cause !== 'agent-away' && cause !== 'agent-silent';
}

interface Finding {
  readonly state: ProtectionState;
  readonly cause?: ProtectionCause;
  readonly reason: string;
}

function findingOf({ rule, stale, sensor, armed }: ProtectionEvidence): Finding {
  if (stale) return unknown('agent-away', 'Its agent is away, so nobody can say what is in force. Start the agent.');
  if (sensor === undefined) return unknown('agent-silent', silentReason);
  if (sensor.state !== 'working')
    return unknown('sensor-away', sensor.reason ?? 'The sensor of its host is away: see on the page Hosts.');
  if (armed === undefined) return unknown('agent-silent', silentReason);
  switch (armed.policy.kind) {
    case 'no-orders':
      return unknown(
        'no-orders',
        'Its agent has no rules of this console yet. See on the page Agents whether it reaches the console.',
      );
    case 'not-reported':
      return unknown('not-reported', 'The sensor of its host has not reported it. Restart the container.');
    case 'other':
      return { state: 'unprotected', cause: 'other-policy', reason: `${armed.policy.reason} ${nextIfOther}` };
    case 'agent':
      return { state: 'watched', reason: agentReason };
    case 'asked':
      return byRule(rule, armed, armed.policy.rule);
  }
}

const nextIfOther = 'If that lasts for more than a minute, look at the log of the agent on its host.';
const agentReason =
  'The agent of its host runs in it and works on the files of the host, so no rule prevents anything there.';
const silentReason =
  'Its agent has reported nothing of it. An agent of an earlier release, or one that was started with --no-runtime, does not: upgrade it, and start it without.';

function byRule(
  rule: RuntimeRule | undefined,
  armed: ArmedFact,
  applied: { readonly id: string; readonly version: number } | undefined,
): Finding {
  if (applied?.id !== rule?.id || applied?.version !== rule?.version)
    return {
      state: 'unprotected',
      cause: 'other-rule',
      reason: `${capital(versionWords(applied))} is in force there, not ${versionWords(rule)}. Its host gets the rules of its own environment: see on the page Hosts in which it is.`,
    };
  const { problem } = armed;
  if (problem !== undefined && isWhole(problem.kind))
    return { state: 'unprotected', cause: problem.kind, reason: withNext(problem) };
  return byMechanisms(rule, armed);
}

const noMechanism = 'The kernel of its host lacks what that needs: see on the page Hosts.';

type Problem = NonNullable<ArmedFact['problem']>;

function withNext({ kind, reason }: Problem): string {
  return `${reason} ${nextSteps[kind]}`;
}

const nextSteps: Readonly<Record<Problem['kind'], string>> = {
  'not-marked': 'Start the sensor in the mount namespace of the engine, then restart the container.',
  'table-full': 'Run fewer containers on its host.',
  'no-policy': 'Restart the container; if that does not help, look at the log of the agent on its host.',
  'no-overlay': "Set the engine's storage driver to overlay2, or containerd's overlayfs.",
  'no-guard': 'If that lasts for more than a minute, look at the log of the sensor on its host.',
};

/** A problem that leaves nothing in force, whatever mechanisms are named beside it. */
function isWhole(kind: Problem['kind']): boolean {
  switch (kind) {
    case 'table-full':
    case 'no-policy':
    case 'no-overlay':
      return true;
    case 'not-marked':
    case 'no-guard':
      return false;
  }
}

function byMechanisms(rule: RuntimeRule | undefined, { mechanisms, problem }: ArmedFact): Finding {
  if (rule === undefined || !isPreventing(rule))
    return { state: 'watched', reason: `${seenWords(problem)} Its rule prevents nothing.` };
  const asked = protections.filter(({ asks }) => asks(rule));
  const missing = asked.filter(({ by }) => !by.some((one) => mechanisms.includes(one)));
  if (missing.length === 0)
    return { state: 'protected', reason: `${capital(namesOf(asked))} that the rule forbids are stopped.` };
  const why = problem === undefined ? noMechanism : withNext(problem);
  return {
    state: missing.length === asked.length ? 'unprotected' : 'partly',
    cause: problem?.kind ?? 'no-mechanism',
    reason: `${capital(namesOf(missing))} that the rule forbids are not stopped. ${why}`,
  };
}

/** Code files are judged as they are opened by what the problem is about, under a rule that only alerts too. */
function seenWords(problem: Problem | undefined): string {
  return problem === undefined ? 'What it does is seen.' : `Not everything that it does is seen. ${withNext(problem)}`;
}

function partsOf({ rule, armed }: ProtectionEvidence, { state }: Finding): readonly ProtectionPart[] {
  // Where another policy is in force, or none, no mechanism enforces what the rule asks for.
  const inForce = state === 'protected' || state === 'partly' ? (armed?.mechanisms ?? []) : [];
  return protections.map(({ what, asks, by }): ProtectionPart => {
    if (rule === undefined || !asks(rule)) return { what, state: 'not-asked', by: [] };
    if (state === 'unknown') return { what, state: 'unknown', by: [] };
    const found = by.filter((one) => inForce.includes(one));
    return { what, state: found.length > 0 ? 'armed' : 'missing', by: found.map(wordsOf) };
  });
}

function unknown(cause: ProtectionCause, reason: string): Finding {
  return { state: 'unknown', cause, reason };
}

function ruleWords(rule: RuntimeRule): NonNullable<Protection['rule']> {
  const { id, version, name } = rule;
  return { id, version, name, prevents: isPreventing(rule) };
}

function versionWords(rule: { readonly id: string; readonly version: number; readonly name?: string } | undefined) {
  return rule === undefined ? 'no rule' : `version ${rule.version} of the rule ${rule.name ?? rule.id}`;
}

function wordsOf(mechanism: ArmedMechanism): string {
  return mechanismWords[mechanism];
}

function namesOf(kinds: readonly { readonly what: string }[]): string {
  return kinds
    .map(({ what }, index) => (index === 0 ? what : `${index === kinds.length - 1 ? ' and' : ','} ${what}`))
    .join('');
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
