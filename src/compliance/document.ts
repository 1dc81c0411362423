import { createHash } from 'node:crypto';
import { type Field, type FieldsOf, type KnownField, missing } from '#base/index.ts';

/** Kind of the document that a scan gives of an image. */
export const scanDocument = 'scan';

/** The fields of one subject as one document tells of them, by name. */
export type Fields = FieldsOf<Readonly<Record<string, unknown>>>;

/** Texts of fields by the fields themselves: what documents of one subject have in common is written once. */
export type WrittenFields = Map<Field<unknown>, string>;

/** Fields as the text that is kept and hashed: keys sorted, so that equal facts are equal texts. */
export function documentText(fields: Fields, written: WrittenFields = new Map()): string {
  let members = '';
  for (const name of Object.keys(fields).toSorted()) {
    const field = fields[name];
    if (field === undefined) continue;
    const text = written.get(field) ?? fieldText(field);
    written.set(field, text);
    members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${text}`;
  }
  return `{${members}}`;
}

/** By hand: there are some sixty of them in the document of each container. */
function fieldText(field: Field<unknown>): string {
  if (field.kind === 'missing') return JSON.stringify(field, sorted);
  const { value, at, default: whose } = field;
  const text = typeof value === 'object' ? JSON.stringify(value, sorted) : JSON.stringify(value);
  const byDefault = whose === undefined ? '' : `,"default":"${whose}"`;
  return `{"at":${JSON.stringify(at)}${byDefault},"kind":"known"${text === undefined ? '' : `,"value":${text}`}}`;
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** The text of fields, the longest of them left out until it is short enough. Checks that need those are not assessed. */
export function boundedText(fields: Fields, longest: number, written?: WrittenFields): string {
  const text = documentText(fields, written);
  if (text.length <= longest) return text;
  const sizes = Object.entries(fields)
    .filter(([, field]) => field.kind === 'known' || field.part !== undefined)
    .map(([name, field]) => [name, JSON.stringify(field).length] as const);
  const [largest] = sizes.toSorted(([, left], [, right]) => right - left);
  if (largest === undefined) return text;
  return boundedText({ ...fields, [largest[0]]: leftOut }, longest);
}

const leftOut = missing('there is more of it than a document holds');

/** SHA-256 of exactly the text that is kept, as hex. */
export function documentHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Documents that belong together, in whatever order they come: what results hang on. */
export function factsId(
  subject: string,
  documents: readonly { readonly kind: string; readonly hash: string }[],
): string {
  const named = documents.map(({ kind, hash }) => `${kind} ${hash}`).toSorted();
  return createHash('sha256')
    .update([subject, ...named].join('\n'))
    .digest('hex');
}

/**
 * The named fields of a kept text. One that it lacks, or that is none, is missing: an earlier agent did not report it. Of a
 * text that is no JSON all are missing: what one host reports must not keep others from being judged.
 */
export function readDocument(text: string, names: Iterable<string>): Fields {
  const record = recordOf(text);
  const fields: Record<string, Field<unknown>> = {};
  for (const name of names) {
    const value: unknown = record && Object.hasOwn(record, name) ? record[name as keyof typeof record] : undefined;
    const why = record ? 'the agent that reported it is of an earlier version' : 'its document cannot be read';
    fields[name] = isField(value) ? value : missing(why);
  }
  return fields;
}

function recordOf(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const whose: ReadonlySet<unknown> = new Set<NonNullable<KnownField<unknown>['default']>>(['engine', 'image', 'kernel']);

function isField(value: unknown): value is Field<unknown> {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind === 'missing')
    return 'why' in value && typeof value.why === 'string' && (!('part' in value) || isPart(value.part));
  if (value.kind !== 'known' || !('value' in value) || !('at' in value) || typeof value.at !== 'string') return false;
  return !('default' in value) || whose.has(value.default);
}

function isPart(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && 'value' in value && 'at' in value && typeof value.at === 'string'
  );
}
