import type { Finding, RunningContext } from '#vulnerability/index.ts';
import { attackVectors, notRunning, riskOf } from '#vulnerability/index.ts';

/** A group of running containers of one image and environment with equal settings. */
export type ContainerGroup = Pick<RunningContext, 'exposure' | 'escape' | 'user'>;

/** What of a finding's risk comes from where its image runs, in hundredths of a point. */
export interface ContextPoints {
  /** Environment, escape, user, spread and controls. */
  readonly points: number;
  /** By the attack vectors of the finding, see `vectorsOf`. */
  readonly reach: readonly number[];
  /** Use, where a process has loaded a file of the package, and where none is known to. */
  readonly loaded: number;
  readonly other: number;
}

const vectors = ['N', 'A', 'L', 'P'] as const;
const contextFactors = ['reach', 'use', 'environment', 'escape', 'user', 'spread', 'controls'] as const;
type ContextFactor = (typeof contextFactors)[number];

/** What kind of environment a name stands for; `undefined` where it says nothing. */
export function environmentKind(name: string): RunningContext['environment'] {
  if (name.startsWith('prod')) return 'production';
  if (/^(?:test|staging|qa|uat|int.*)$/.test(name)) return 'test';
  return /^(?:dev.*|local|ci)$/.test(name) ? 'development' : undefined;
}

/**
 * Contexts in which an image's findings are judged in one environment: one for each group of containers, or that of an
 * image that nothing runs. Where nothing runs it and the environment says nothing, the finding stands as published.
 */
export function contextsIn(
  environment: string,
  groups: readonly ContainerGroup[],
  containers: number,
): readonly RunningContext[] {
  const kind = environmentKind(environment);
  const named = kind === undefined ? {} : { environment: kind };
  if (containers > 0) return (groups.length === 0 ? [{}] : groups).map((group) => ({ ...group, ...named, containers }));
  return [kind === undefined ? {} : { ...notRunning, ...named }];
}

/** The vectors of a finding as bits: network 1, adjacent 2, local 4, physical 8. */
export function vectorsOf(finding: Pick<Finding, 'cvss'>): number {
  return attackVectors(finding.cvss).reduce((bits, vector) => bits | (1 << vectors.indexOf(vector)), 0);
}

/** Points of a context by themselves; every one is rounded, so that sums are as exact as what is shown. */
export function contextPoints(context: RunningContext): ContextPoints {
  const own = setPoints(context, 0);
  const { environment, escape, user, spread, controls, use: other } = own;
  return {
    points: environment + escape + user + spread + controls,
    reach: Array.from({ length: 16 }, (_, bits) => setPoints(context, bits).reach),
    loaded: runs(context) ? setPoints({ ...context, use: 'loaded' }, 0).use : other,
    other,
  };
}

/** The finding's risk in the context where it is highest, with its points. */
export function riskInContexts(
  finding: Pick<Finding, 'risk' | 'cvss'>,
  contexts: readonly RunningContext[],
  use: 'loaded' | 'unknown',
): Finding['risk'] {
  const bits = vectorsOf(finding);
  const all = contexts.map((context) => {
    const points = setPoints(use === 'loaded' && runs(context) ? { ...context, use } : context, bits);
    return { points, sum: Object.values(points).reduce((sum, one) => sum + one, 0) };
  });
  const highest = all.toSorted((left, right) => right.sum - left.sum)[0];
  if (highest === undefined) return finding.risk;
  const points: Record<string, number> = { ...finding.risk.points };
  for (const factor of contextFactors) points[factor] = highest.points[factor] / 100;
  return { score: (pointsWithoutContext(finding) + highest.sum) / 100, points };
}

/** Hundredths of a point that hold wherever the image runs. */
export function pointsWithoutContext({ risk }: Pick<Finding, 'risk'>): number {
  const own = Object.entries(risk.points).filter(([factor]) => !contextFactors.some((one) => one === factor));
  return own.reduce((sum, [, points]) => sum + Math.round(points * 100), 0);
}

function runs({ containers }: RunningContext): boolean {
  return containers !== undefined && containers > 0;
}

function setPoints(context: RunningContext, bits: number): Record<ContextFactor, number> {
  const { points } = riskOf({
    kev: 'not-listed',
    severity: 'unrated',
    scores: [],
    attackVectors: vectors.filter((_, bit) => (bits & (1 << bit)) !== 0),
    fix: 'none',
    context,
  });
  const own = contextFactors.map((factor) => [factor, Math.round(points[factor] * 100)]);
  return Object.fromEntries(own) as Record<ContextFactor, number>;
}
