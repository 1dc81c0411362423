import { AppError } from '#base/index.ts';
import { ScanPublication } from '../contract.ts';

/** How many items the lists of a catalog have at most; counted before the first of them is looked at. */
const mostItems = { packages: 200_000, faults: 10_000 } as const;

/**
 * Reads a publication that somebody sent. Long lists are checked item by item and only up to the first that has another
 * form: to collect what is wrong with each of many costs more than all else. Throws `bad-request`.
 */
export function readPublication(value: unknown): ScanPublication {
  const catalog = fieldsOf(fieldsOf(value)['catalog']);
  for (const [name, most] of Object.entries(mostItems)) {
    const items = catalog[name];
    if (!Array.isArray(items)) continue;
    if (items.length > most) throw refusal(['catalog', name], `Too many: ${items.length}, at most ${most} are taken`);
    checkItems(items, name as keyof typeof mostItems);
  }
  const parsed = ScanPublication.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refusal(issue?.path ?? [], issue?.message ?? '');
}

function checkItems(items: readonly unknown[], name: keyof typeof mostItems): void {
  const { element } = ScanPublication.shape.catalog.shape[name];
  for (const [at, item] of items.entries()) {
    const parsed = element.safeParse(item);
    if (parsed.success) continue;
    const [issue] = parsed.error.issues;
    throw refusal(['catalog', name, at, ...(issue?.path ?? [])], issue?.message ?? '');
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function refusal(path: readonly PropertyKey[], message: string): AppError {
  return new AppError('bad-request', `${path.map(String).join('.')}: ${message}`);
}
