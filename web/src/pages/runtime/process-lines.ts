import type { Detection, SeenProcess } from '#runtime/contract.ts';
import { commandOf } from './command-words.ts';

/** A process in the tree of an incident. */
export interface ProcessNode {
  readonly key: string;
  readonly process: SeenProcess;
  /** What it was stopped or told for; missing: nothing here objects to it. */
  readonly detection: Detection | undefined;
  /** Processes that this node stands for: the same command with the same outcome and the same below it. */
  readonly times: number;
  readonly children: readonly ProcessNode[];
}

interface Growing {
  readonly key: string;
  readonly process: SeenProcess;
  detection: Detection | undefined;
  readonly children: Map<string, Growing>;
}

/** The detections' processes below their ancestors, each process once, and what is repeated with how often. */
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
  return folded([...level.values()].map(({ children, ...node }) => ({ ...node, times: 1, children: grown(children) })));
}

/** What is repeated stands once, with how often, where it stood first. */
function folded(nodes: readonly ProcessNode[]): readonly ProcessNode[] {
  return [...Map.groupBy(nodes, (node) => JSON.stringify(sameness(node))).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, times: 1 + others.length }],
  );
}

/** What has to be the same of two nodes: arrays within each other, since text within text would double with each level. */
function sameness({ process, detection, times, children }: ProcessNode): readonly unknown[] {
  return [commandOf(process), detection?.outcome ?? '', times, children.map(sameness)];
}
