/**
 * Edits of JSON as text: what is not touched stays as its author wrote it, spaces and order included. The text is valid
 * JSON with an object at the top; callers have parsed it.
 */

interface Member {
  readonly key: string;
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Sets a member of the object at `path`, making the objects on the way that are missing. */
export function withMember(text: string, path: readonly string[], value: unknown): string {
  return setIn(text, { start: text.indexOf('{'), path, value, depth: 1 });
}

/** Appends to the array that a member of the top object is; makes it when it is missing. */
export function withElement(text: string, key: string, element: string): string {
  const member = membersOf(text, text.indexOf('{')).findLast((one) => one.key === key);
  if (member === undefined) return withMember(text, [key], [element]);
  const inside = text.slice(member.valueStart + 1, member.valueEnd - 1);
  const written = inside.trimEnd();
  const place = member.valueStart + 1 + written.length;
  const spacing = /\n[ \t]*/.exec(inside)?.[0] ?? ' ';
  const added = written === '' ? JSON.stringify(element) : `,${spacing}${JSON.stringify(element)}`;
  return text.slice(0, place) + added + text.slice(place);
}

interface Setting {
  /** Of the object's brace. */
  readonly start: number;
  readonly path: readonly string[];
  readonly value: unknown;
  readonly depth: number;
}

function setIn(text: string, { start, path, value, depth }: Setting): string {
  const [key = '', ...rest] = path;
  const members = membersOf(text, start);
  const found = members.findLast((one) => one.key === key);
  const nested = rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  if (found !== undefined && rest.length > 0)
    return setIn(text, { start: found.valueStart, path: rest, value, depth: depth + 1 });
  if (found !== undefined) return text.slice(0, found.valueStart) + JSON.stringify(value) + text.slice(found.valueEnd);
  const spacing = spacingOf(text, { start, members, depth });
  const member = `${JSON.stringify(key)}: ${spaced(nested)}`;
  const last = members.at(-1);
  if (last !== undefined)
    return `${text.slice(0, last.valueEnd)},${spacing.before}${member}${text.slice(last.valueEnd)}`;
  const end = skipSpace(text, start + 1);
  return `${text.slice(0, start + 1)}${spacing.before}${member}${spacing.after}${text.slice(end)}`;
}

/** As people write it on one line: `{"path": "/x"}`. */
function spaced(value: unknown): string {
  return JSON.stringify(value, undefined, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll(/([[{]) | (?=[\]}])/g, '$1');
}

/** What stands between members of this object, or would by the file's own habits. */
function spacingOf(
  text: string,
  { start, members, depth }: Pick<Setting, 'start' | 'depth'> & { readonly members: readonly Member[] },
): { readonly before: string; readonly after: string } {
  const first = members[0];
  if (first !== undefined) {
    const gap = text.slice(start + 1, first.start);
    return { before: members.length > 1 || gap.includes('\n') ? gap : ' ', after: '' };
  }
  const unit = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  return { before: `\n${unit.repeat(depth)}`, after: `\n${unit.repeat(depth - 1)}` };
}

function membersOf(text: string, start: number): readonly Member[] {
  const members: Member[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] !== '}' && at < text.length) {
    const keyEnd = valueEndOf(text, at);
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const valueEnd = valueEndOf(text, valueStart);
    members.push({ key: JSON.parse(text.slice(at, keyEnd)) as string, start: at, valueStart, valueEnd });
    at = skipSpace(text, valueEnd);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return members;
}

/** End of the value that begins here: of a string, of what brackets hold, or of a plain word. */
function valueEndOf(text: string, start: number): number {
  const token = /"(?:[^"\\]|\\.)*"|[[\]{}]|[^\s,[\]{}"]+/gy;
  token.lastIndex = start;
  let depth = 0;
  for (;;) {
    const found = token.exec(text)?.[0];
    if (found === undefined) return text.length;
    if (found === '{' || found === '[') depth += 1;
    if (found === '}' || found === ']') depth -= 1;
    if (depth <= 0) return token.lastIndex;
    token.lastIndex = skipBetween(text, token.lastIndex);
  }
}

function skipSpace(text: string, from: number): number {
  return from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0);
}

function skipBetween(text: string, from: number): number {
  return from + (/^[\s,]*/.exec(text.slice(from))?.[0].length ?? 0);
}
