import type { SubjectKind } from './check.ts';
import type { ComplianceRule } from './contract-rule.ts';

/** Bounds of what compliance rules may stop. */
export const stopBounds = {
  /** Milliseconds that evidence may be old. */
  evidence: 60_000,
  /** Looks in a row that have to find the failure. */
  looks: 2,
  /** Milliseconds that the brake looks back. */
  window: 600_000,
  /** Containers that one rule may stop within them. */
  ofRule: 3,
  /** Share of an application that one rule may stop within them; one container always. */
  ofApplication: 0.1,
} as const;

/** What is known when a rule may have a container stopped. */
export interface StopQuestion {
  readonly kind: SubjectKind;
  readonly running: ComplianceRule['running'];
  /** Ids of checks that fail, each by itself, and that a line of the rule blocks. */
  readonly failing: readonly string[];
  /**
   * Whether somebody read what the replay of this rule, with these versions of its checks, said. `reaches-more`: the rule
   * did not apply to this container then, and does by another order, collection or rule.
   */
  readonly confirmation: 'confirmed' | 'rule-not-tried' | 'check-changed' | 'reaches-more';
  /** Milliseconds since its host said so. */
  readonly age: number;
  /** Looks in a row, this one among them, that found one of them failing. */
  readonly looks: number;
  /** Of the rule on this host. */
  readonly brake: 'off' | 'on';
  /** What the rule stopped within the window: of all, and of the container's application; each as `countedFor` its host. */
  readonly stopped: Stopped;
  /** The same of all hosts. */
  readonly stoppedOnAll: Stopped;
  /** Containers of its application that run, as `countedFor` its host; missing: it belongs to none. */
  readonly application?: number;
}

/** Containers that a rule stopped within the window. */
interface Stopped {
  readonly ofRule: number;
  readonly ofApplication: number;
}

/**
 * What is done. `look`: it is not certain enough yet, its host is asked to look again. `wait`: the rule has stopped
 * enough for now, on what may be one host that lies; the container may be stopped when the window is over.
 */
export type StopDecision =
  | { readonly kind: 'leave' }
  | { readonly kind: 'unconfirmed'; readonly why: Exclude<StopQuestion['confirmation'], 'confirmed'> }
  | { readonly kind: 'look' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'brake' }
  | { readonly kind: 'stop' };

/** Whether a compliance rule stops a container. Each doubt keeps it running. */
export function decideStop(question: StopQuestion): StopDecision {
  const { kind, running, failing, confirmation, age, looks, brake } = question;
  if (kind !== 'container' || running !== 'stop' || failing.length === 0) return { kind: 'leave' };
  if (confirmation !== 'confirmed') return { kind: 'unconfirmed', why: confirmation };
  if (brake === 'on') return { kind: 'brake' };
  if (age > stopBounds.evidence || looks < stopBounds.looks) return { kind: 'look' };
  const reached = limitsOf(question).filter(({ most, ofAll }) => ofAll >= most);
  if (reached.length === 0) return { kind: 'stop' };
  return { kind: reached.some(({ most, counted }) => counted >= Math.max(1, most - 1)) ? 'brake' : 'wait' };
}

/**
 * What hosts said, as it counts for one of them: all that is its own, and of the others all but the one that says the most.
 * So no single host that lies uses up what a rule may stop on the others, or raises it.
 */
export function countedFor(host: string, byHost: ReadonlyMap<string, number>): number {
  const others = [...byHost].filter(([name]) => name !== host).map(([, count]) => count);
  const ofOthers = others.reduce((sum, count) => sum + count, 0) - Math.max(0, ...others);
  return (byHost.get(host) ?? 0) + ofOthers;
}

interface Limit {
  readonly most: number;
  /** What was stopped on all hosts, and as it counts for this one. */
  readonly ofAll: number;
  readonly counted: number;
}

function limitsOf({ stopped, stoppedOnAll, application }: StopQuestion): readonly Limit[] {
  const ofRule = { most: stopBounds.ofRule, ofAll: stoppedOnAll.ofRule, counted: stopped.ofRule };
  if (application === undefined) return [ofRule];
  const most = Math.max(1, Math.floor(application * stopBounds.ofApplication));
  return [ofRule, { most, ofAll: stoppedOnAll.ofApplication, counted: stopped.ofApplication }];
}
