/**
 * Whether a marker (https://packaging.python.org/specifications/dependency-specifiers) may hold when these groups are
 * installed. What it asks of the platform or of extras is taken to hold, and so is one that nobody can read.
 */
export function mayHold(marker: string, groups: ReadonlySet<string>): boolean {
  const tokens = tokensOf(marker);
  if (tokens === undefined || tokens.length === 0) return true;
  const cursor = { tokens, at: 0, depth: 0 };
  const holds = anyOf(cursor, groups);
  return holds === undefined || cursor.at < tokens.length ? true : holds;
}

interface Cursor {
  readonly tokens: readonly string[];
  at: number;
  depth: number;
}

/** Longer ones are none that a tool writes. */
const most = { characters: 10_000, depth: 50 };

function tokensOf(marker: string): readonly string[] | undefined {
  if (marker.length > most.characters) return undefined;
  const token = /\s*('[^']*'|"[^"]*"|[()]|[\w.]+|[=~!<>]+)/y;
  const tokens: string[] = [];
  const text = marker.trimEnd();
  while (token.lastIndex < text.length) {
    const found = token.exec(text)?.[1];
    if (found === undefined) return undefined;
    tokens.push(found);
  }
  return tokens;
}

/** `undefined`: it cannot be read. */
function anyOf(cursor: Cursor, groups: ReadonlySet<string>): boolean | undefined {
  let holds = allOf(cursor, groups);
  while (cursor.tokens[cursor.at] === 'or') {
    cursor.at += 1;
    const other = allOf(cursor, groups);
    holds = holds === undefined || other === undefined ? undefined : holds || other;
  }
  return holds;
}

function allOf(cursor: Cursor, groups: ReadonlySet<string>): boolean | undefined {
  let holds = one(cursor, groups);
  while (cursor.tokens[cursor.at] === 'and') {
    cursor.at += 1;
    const other = one(cursor, groups);
    holds = holds === undefined || other === undefined ? undefined : holds && other;
  }
  return holds;
}

function one(cursor: Cursor, groups: ReadonlySet<string>): boolean | undefined {
  const next = (): string => cursor.tokens[cursor.at++] ?? '';
  const left = next();
  if (left === '(') {
    if (++cursor.depth > most.depth) return undefined;
    const holds = anyOf(cursor, groups);
    cursor.depth -= 1;
    return next() === ')' ? holds : undefined;
  }
  const operator = next();
  const isNegated = operator === 'not';
  if (isNegated && next() !== 'in') return undefined;
  const right = next();
  if (left === '' || right === '') return undefined;
  if (right !== 'dependency_groups' || !(isNegated || operator === 'in')) return true;
  return groups.has(left.slice(1, -1)) !== isNegated;
}
