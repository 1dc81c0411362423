import type { Detection, SeenProcess } from '#runtime/contract.ts';

/** A process in the tree of an incident. */
export interface ProcessNode {
  readonly key: string;
  readonly process: SeenProcess;
  /** What it was stopped or told for; missing: nothing here objects to it. */
  readonly detection: Detection | undefined;
  readonly children: readonly ProcessNode[];
}

interface Growing {
  readonly key: string;
  readonly process: SeenProcess;
  detection: Detection | undefined;
  readonly children: Map<string, Growing>;
}

/** The detections' processes below their ancestors, each process once. */
export function processTree(detections: readonly Detection[]): readonly ProcessNode[] {
  const roots = new Map<string, Growing>();
  for (const detection of detections) {
    let level = roots;
    for (const process of detection.ancestors.toReversed()) level = below(level, process).children;
    const own = below(level, detection.process);
    own.detection ??= detection;
  }
  return grown(roots);
}

function below(level: Map<string, Growing>, process: SeenProcess): Growing {
  const key = `${process.pid ?? '?'} ${process.startedAt ?? ''} ${process.path}`;
  const node = level.get(key) ?? { key, process, detection: undefined, children: new Map<string, Growing>() };
  level.set(key, node);
  return node;
}

function grown(level: ReadonlyMap<string, Growing>): readonly ProcessNode[] {
  return [...level.values()].map(({ children, ...node }) => ({ ...node, children: grown(children) }));
}
