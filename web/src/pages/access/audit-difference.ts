/** One value that a change set otherwise: where it stands, and what it was before and is now. */
export interface Difference {
  /** `rules › severity › threshold › severity` */
  readonly path: string;
  /** Missing: it was not there. */
  readonly before?: string;
  /** Missing: it is gone. */
  readonly after?: string;
}

/** Fields that every saving changes, or that only repeat who saved it and when. */
const omitted: ReadonlySet<string> = new Set(['version', 'savedAt', 'savedBy', 'createdAt', 'updatedAt']);

/** Differences that are listed; the raw entry has all. */
const mostListed = 200;

/** What a change made otherwise, value by value; nothing where the detail of an entry tells no before and after. */
export function differencesIn(detail: Readonly<Record<string, unknown>> | undefined): readonly Difference[] {
  if (detail === undefined || !('after' in detail || 'before' in detail)) return [];
  return compare([], detail['before'], detail['after']).slice(0, mostListed);
}

function compare(path: readonly string[], before: unknown, after: unknown): readonly Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [old, now] = [membersOf(before), membersOf(after)];
  const nested = old !== undefined || now !== undefined;
  if (nested && (old !== undefined || before === undefined) && (now !== undefined || after === undefined)) {
    const names = new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])]);
    return [...names]
      .filter((name) => path.length > 0 || !omitted.has(name))
      .flatMap((name) => compare([...path, wordsOf(name)], old?.get(name), now?.get(name)));
  }
  const [was, is] = [textOf(before), textOf(after)];
  return [
    {
      path: path.join(' › '),
      ...(was === undefined ? {} : { before: was }),
      ...(is === undefined ? {} : { after: is }),
    },
  ];
}

/** Members of an object, or of a list of objects by their own name; a list of plain values is one value. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) {
    if (value.length === 0 || !value.every((one) => typeof one === 'object' && one !== null)) return undefined;
    const members = new Map<string, unknown>();
    for (const [index, one] of value.entries()) members.set(nameIn(members, nameOf(one, index)), one);
    return members;
  }
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
}

function nameOf(value: object, index: number): string {
  const own = new Map<string, unknown>(Object.entries(value));
  const name = own.get('id') ?? own.get('kind') ?? own.get('name');
  return typeof name === 'string' ? name : String(index + 1);
}

/** A rule of one kind may stand in a policy several times. */
function nameIn(members: ReadonlyMap<string, unknown>, name: string): string {
  if (!members.has(name)) return name;
  for (let number = 2; ; number++) if (!members.has(`${name} ${number}`)) return `${name} ${number}`;
}

/** `onlyFixed` as `only fixed`. */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('-', ' ');
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((one) => textOf(one) ?? '–').join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
