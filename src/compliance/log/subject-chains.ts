/** What of a row says which subject it belongs to, and where it stands. */
export interface ChainedLeaf {
  readonly sequence: number;
  readonly subject: string;
  readonly before?: number;
}

/** Reads the text of a leaf; `undefined`: it is none. */
export function readChainedLeaf(text: string): ChainedLeaf | undefined {
  const row = parsed(text);
  if (typeof row !== 'object' || row === null) return undefined;
  const { sequence, source, host, kind, id, before } = row as Readonly<Record<string, unknown>>;
  if (typeof sequence !== 'number' || (before !== undefined && typeof before !== 'number')) return undefined;
  return {
    sequence,
    subject: JSON.stringify([source ?? null, host, kind, id]),
    ...(before !== undefined && { before }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface SubjectChains {
  /** Takes the next leaf, which stands at a position of the whole log. Gives the position of the one before it that is missing. */
  next(leaf: ChainedLeaf, at: number): number | undefined;
  /** Rows before a position are not there any more, so rows after it may name them. */
  forget(before: number): void;
}

/** Follows the rows of each subject: each names the one before it. What lies before `from` is not part of the extract. */
export function openSubjectChains(from: number): SubjectChains {
  const newest = new Map<string, number>();
  let begin = from;
  return {
    forget: (before) => void (begin = Math.max(begin, before)),
    next: ({ subject, before }, at) => {
      const known = newest.get(subject);
      newest.set(subject, Math.max(known ?? 0, at));
      return before === undefined || before < begin || before === known ? undefined : before;
    },
  };
}
