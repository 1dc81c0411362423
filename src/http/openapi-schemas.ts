import { z } from 'zod';

/** JSON Schema 2020-12, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Turns the schemas of endpoints into JSON Schema. What refers to itself goes to `components/schemas`. */
export interface Schemas {
  /** What a caller may send. */
  input(schema: z.ZodType, name: string): JsonSchema;
  /** What the server answers; later versions may add members. */
  output(schema: z.ZodType, name: string): JsonSchema;
  /** Everything that went to `components/schemas`. */
  shared(): Readonly<Record<string, JsonSchema>>;
}

export function openSchemas(): Schemas {
  const shared: Record<string, JsonSchema> = {};
  const convert = (schema: z.ZodType, io: 'input' | 'output', name: string): JsonSchema => {
    const { $schema: _, $defs, ...root } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override: readable });
    const home = (ref: string): string =>
      `#/components/schemas/${ref === '#' ? name : `${name}${ref.replace('#/$defs/', '')}`}`;
    for (const [key, definition] of Object.entries($defs ?? {}))
      shared[`${name}${key}`] = withRefs(definition, home) as JsonSchema;
    const moved = withRefs(root, home) as JsonSchema;
    if (!JSON.stringify([root, $defs]).includes('"$ref":"#"')) return moved;
    shared[name] = moved;
    return { $ref: home('#') };
  };
  return {
    input: (schema, name) => convert(schema, 'input', name),
    output: (schema, name) => convert(schema, 'output', name),
    shared: () => shared,
  };
}

/** Lets later versions add members, and leaves out patterns that not every reader of JSON Schema understands. */
function readable({ jsonSchema }: { readonly jsonSchema: { additionalProperties?: unknown; pattern?: string } }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.pattern !== undefined && /\\p\{/i.test(jsonSchema.pattern)) delete jsonSchema.pattern;
}

/** The same value, with each `$ref` at its new home. */
function withRefs(value: unknown, home: (ref: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => withRefs(one, home));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([key, member]) =>
    key === '$ref' && typeof member === 'string' ? [key, home(member)] : [key, withRefs(member, home)],
  );
  return Object.fromEntries(members);
}
