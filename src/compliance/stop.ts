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
  readonly stopped: { readonly ofRule: number; readonly ofApplication: number };
  /** Containers of its application that run, as `countedFor` its host; missing: it belongs to none. */
  readonly application?: number;
}

/** What is done. `look`: it is not certain enough yet, its host is asked to look again. */
export type StopDecision =
  | { readonly kind: 'leave' }
  | { readonly kind: 'unconfirmed'; readonly why: Exclude<StopQuestion['confirmation'], 'confirmed'> }
  | { readonly kind: 'look' }
  | { readonly kind: 'brake' }
  | { readonly kind: 'stop' };

/** Whether a compliance rule stops a container. Each doubt keeps it running. */
export function decideStop(question: StopQuestion): StopDecision {
  const { kind, running, failing, confirmation, age, looks, brake } = question;
  if (kind !== 'container' || running !== 'stop' || failing.length === 0) return { kind: 'leave' };
  if (confirmation !== 'confirmed') return { kind: 'unconfirmed', why: confirmation };
  if (brake === 'on') return { kind: 'brake' };
  if (age > stopBounds.evidence || looks < stopBounds.looks) return { kind: 'look' };
  return isBeyond(question) ? { kind: 'brake' } : { kind: 'stop' };
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

function isBeyond({ stopped, application }: StopQuestion): boolean {
  if (stopped.ofRule >= stopBounds.ofRule) return true;
  if (application === undefined) return false;
  return stopped.ofApplication >= Math.max(1, Math.floor(application * stopBounds.ofApplication));
}
