import type { Detection, Incident, Outcome } from './contract.ts';

/** Detections that tell one story, as far as grouping needs them. */
export interface IncidentGroup {
  readonly container: string;
  /** One sentence, of the gravest detection; the first of several. */
  readonly title: string;
  readonly severity: Detection['severity'];
  readonly outcome: Outcome;
  readonly techniques: readonly string[];
  readonly detections: number;
  /** Moments, ISO 8601. */
  readonly openedAt: string;
  readonly lastAt: string;
  /** Processes that were objected to: what descends from them belongs here. The newest ones. */
  readonly processes: readonly string[];
}

const together = 10 * 60_000;
const mostProcesses = 500;
const severities: readonly Incident['severity'][] = ['low', 'medium', 'high', 'critical'];
/** From what is worst to what is best. */
const outcomes: readonly Outcome[] = ['observed', 'refused', 'killed', 'stopped'];

/**
 * Where a detection belongs: to an open incident of its container that one of its processes descends from, else to one
 * within ten minutes, else to a new one. `joined` is the place in `open`, missing for a new one. `undefined` for a notice,
 * which is no incident. The same detection must not be given twice.
 */
export function joinIncidents<Group extends IncidentGroup>(
  open: readonly Group[],
  detection: Detection,
): { readonly joined?: number; readonly group: IncidentGroup } | undefined {
  if (detection.notice) return undefined;
  const related = open.findIndex((group) => group.container === detection.container.id && isRelated(group, detection));
  const joined =
    related >= 0
      ? related
      : open.findIndex((group) => group.container === detection.container.id && isNear(group, detection));
  const group = open[joined];
  if (group === undefined) return { group: opened(detection) };
  return { joined, group: grown(group, detection) };
}

/** Title of an incident: the container, or what stands for it, and what happened. */
export function incidentTitle(name: string, message: string): string {
  return `${name}: ${message}`.slice(0, 500);
}

function opened(detection: Detection): IncidentGroup {
  const key = processKey(detection.process);
  return {
    container: detection.container.id,
    title: incidentTitle(detection.container.name, detection.message),
    severity: detection.severity,
    outcome: detection.outcome,
    techniques: detection.technique === undefined ? [] : [detection.technique],
    detections: 1,
    openedAt: detection.time,
    lastAt: detection.time,
    processes: key === undefined ? [] : [key],
  };
}

function grown(group: IncidentGroup, detection: Detection): IncidentGroup {
  const one = opened(detection);
  const isGraver = severities.indexOf(one.severity) > severities.indexOf(group.severity);
  return {
    container: group.container,
    title: isNamedBy(one, group) ? one.title : group.title,
    severity: isGraver ? one.severity : group.severity,
    outcome: worst(group.outcome, one.outcome),
    techniques: [...new Set([...group.techniques, ...one.techniques])].slice(0, 50),
    detections: group.detections + 1,
    openedAt: one.openedAt < group.openedAt ? one.openedAt : group.openedAt,
    lastAt: one.lastAt > group.lastAt ? one.lastAt : group.lastAt,
    processes: [...new Set([...group.processes, ...one.processes])].slice(-mostProcesses),
  };
}

/** The gravest names an incident; what a container was stopped for names it whatever else there is. */
function isNamedBy(one: IncidentGroup, group: IncidentGroup): boolean {
  if ((one.outcome === 'stopped') !== (group.outcome === 'stopped')) return one.outcome === 'stopped';
  return severities.indexOf(one.severity) > severities.indexOf(group.severity);
}

/** Something that ran outweighs all that was refused; a container that was stopped ends the story. */
function worst(left: Outcome, right: Outcome): Outcome {
  if (left === 'stopped' || right === 'stopped') return 'stopped';
  return outcomes.indexOf(left) < outcomes.indexOf(right) ? left : right;
}

/** Its process, or one that it descends from, was objected to before. */
function isRelated({ processes }: IncidentGroup, { process, ancestors }: Detection): boolean {
  const known = new Set(processes);
  return [process, ...ancestors].some((one) => {
    const key = processKey(one);
    return key !== undefined && known.has(key);
  });
}

function isNear({ openedAt, lastAt }: IncidentGroup, { time }: Detection): boolean {
  const at = Date.parse(time);
  return at >= Date.parse(openedAt) - together && at <= Date.parse(lastAt) + together;
}

/** Numbers of processes come again: with its start it is the one. */
function processKey({ pid, startedAt }: Detection['process']): string | undefined {
  return pid === undefined || startedAt === undefined ? undefined : `${pid} ${Date.parse(startedAt)}`;
}
