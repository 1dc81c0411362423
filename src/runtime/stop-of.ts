import type { Fact, Phase, ProcessFact, RuntimeEffect, RuntimeRule, StopPart } from './contract.ts';
import { anyApplet } from './applet.ts';
import { codeFolderOf } from './code-folder.ts';
import type { PolicyEdge, RuntimePolicy } from './policy-of.ts';
import { isLoader, isMultiCall, isTool } from './programs.ts';

type CodeFact = Exclude<Fact, ProcessFact>;

/** What a rule makes of a model. */
export interface Enforced {
  readonly rule: RuntimeRule;
  /** `policyOf` model and rule. */
  readonly policy: RuntimePolicy;
}

/** That something would have been stopped, and by which part of the rule. */
export interface Stop {
  readonly effect: 'prevent' | 'block';
  readonly part: StopPart;
}

/**
 * Whether a fact would have been stopped, as the sensor decides (`native/sensor/decide.h`): by program and caller, not by
 * arguments. Pure.
 */
export function stopOf(fact: Fact, enforced: Enforced, phase: Phase): Stop | undefined {
  const { rule, policy } = enforced;
  if (fact.dimension === 'process') return stopOfProcess(fact, enforced, phase);
  return isAllowedCode(fact, policy) ? undefined : stop(rule.code, 'code');
}

function isAllowedCode(fact: CodeFact, { contents, folders }: RuntimePolicy): boolean {
  const isFile = fact.kind === 'code-file';
  if (isFile && fact.sha256 !== undefined && contents.includes(fact.sha256)) return true;
  const folder = isFile ? codeFolderOf(fact.file) : fact.folder;
  return folders.some((one) => one.program === fact.path && one.folder === folder);
}

function stopOfProcess(fact: ProcessFact, { rule, policy }: Enforced, phase: Phase): Stop | undefined {
  const { path, caller, session, origin, sha256 } = fact;
  if (origin !== undefined || sha256 !== undefined) {
    const isAllowed = sha256 !== undefined && policy.contents.includes(sha256);
    return isAllowed ? undefined : stop(rule.drift, 'drift');
  }
  const isLearned = (edge: PolicyEdge): boolean =>
    edge.path === path && edge.caller === caller && holdsApplet(edge, fact);
  if (policy.edges.some(isLearned)) return undefined;
  if (isLoader(path)) return stop(rule.drift, 'drift');
  const isRecorded = session === 'exec' && rule.execSessions === 'record';
  const byModel = isRecorded ? undefined : stop(policy.unlearned[phase], 'model');
  if (byModel !== undefined || caller === undefined || session === 'exec') return byModel;
  return isTool(path, rule.neverLearn) ? stop(rule.process, 'tool') : undefined;
}

/** The kernel tells applets of multi-call programs apart, and no modules or classes of interpreters. */
function holdsApplet({ applet }: PolicyEdge, fact: ProcessFact): boolean {
  const isAny = applet === undefined || applet === anyApplet || fact.applet === undefined;
  return isAny || !isMultiCall(fact.path) || applet === fact.applet;
}

function stop(effect: RuntimeEffect, part: StopPart): Stop | undefined {
  return effect === 'prevent' || effect === 'block' ? { effect, part } : undefined;
}
