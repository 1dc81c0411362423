/** One line of two texts that are compared. */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'come';
  readonly text: string;
}

/** What changes between two texts, line by line: the longest common run of lines stays. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [from, to] = [linesOf(before), linesOf(after)];
  const common = commonLengths(from, to);
  const lines: DiffLine[] = [];
  let [left, right] = [0, 0];
  while (left < from.length || right < to.length) {
    const [gone, come] = [from[left], to[right]];
    if (gone !== undefined && gone === come) {
      lines.push({ kind: 'same', text: gone });
      left++;
      right++;
    } else if (
      come === undefined ||
      (gone !== undefined && at(common, left + 1, right) >= at(common, left, right + 1))
    ) {
      lines.push({ kind: 'gone', text: gone ?? '' });
      left++;
    } else {
      lines.push({ kind: 'come', text: come });
      right++;
    }
  }
  return lines;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

type Lengths = readonly Uint32Array[];

/** Length of the longest common run of what begins at each pair of lines. */
function commonLengths(from: readonly string[], to: readonly string[]): Lengths {
  const lengths = Array.from({ length: from.length + 1 }, () => new Uint32Array(to.length + 1));
  for (let left = from.length - 1; left >= 0; left--) {
    const row = lengths[left];
    if (row === undefined) continue;
    for (let right = to.length - 1; right >= 0; right--) {
      row[right] =
        from[left] === to[right]
          ? at(lengths, left + 1, right + 1) + 1
          : Math.max(at(lengths, left + 1, right), at(lengths, left, right + 1));
    }
  }
  return lengths;
}

function at(lengths: Lengths, left: number, right: number): number {
  return lengths[left]?.[right] ?? 0;
}

/** Lines that stay are left out where no change is near; `…` stands in their place. */
export function foldSame(lines: readonly DiffLine[], around: number): readonly DiffLine[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ kind }) => kind !== 'same'),
  );
  return lines.flatMap((line, index) => {
    if (near[index] === true) return [line];
    return index === 0 || near[index - 1] === true ? [{ kind: 'same', text: '…' } as const] : [];
  });
}
