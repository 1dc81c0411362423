import type { FieldText, FieldTexts } from '#rules/contract.ts';

/** What a form needs of a JSON Schema (2020-12). */
export interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

/** Settings of a rule, or an object within them. */
export type Settings = Readonly<Record<string, unknown>>;

/** What is wrong, by the path of the field within the settings, joined by dots. */
export type Problems = ReadonlyMap<string, string>;

interface Schema {
  toJSONSchema(options: { readonly io: 'output'; readonly unrepresentable: 'any' }): unknown;
}

const shapes = new WeakMap<Schema, Shape>();

/** The shape of what a schema gives, made once for each. */
export function shapeOf(schema: Schema): Shape {
  const known = shapes.get(schema);
  if (known !== undefined) return known;
  const shape = schema.toJSONSchema({ io: 'output', unrepresentable: 'any' }) as Shape;
  shapes.set(schema, shape);
  return shape;
}

/** The controls that follow from a schema. */
export type Drawn = 'check' | 'checks' | 'choice' | 'group' | 'known' | 'lines' | 'number' | 'rows' | 'text' | 'words';

/** The control of a field; `undefined`: its schema says too little, so its text has to name one. */
export function controlOf(shape: Shape | undefined, text: FieldText): Drawn | undefined {
  if (text.control !== undefined) return 'known';
  switch (shape?.type) {
    case 'boolean':
      return 'check';
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
      return shape.enum === undefined ? 'text' : 'choice';
    case 'array':
      return controlOfList(shape.items, text);
    case 'object':
      return text.fields === undefined ? undefined : 'group';
    default:
      return undefined;
  }
}

function controlOfList(items: Shape | undefined, text: FieldText): Drawn | undefined {
  if (items?.type === 'object') return text.fields === undefined || text.start === undefined ? undefined : 'rows';
  if (items?.type !== 'string') return undefined;
  if (items.enum !== undefined) return 'checks';
  return text.form === 'words' ? 'words' : 'lines';
}

/** Limits of a number; the widest that JSON can say are none. */
export function limitsOf({ minimum, maximum }: Shape): { readonly least?: number; readonly most?: number } {
  return {
    ...(minimum !== undefined && Number.isSafeInteger(minimum - 1) && { least: minimum }),
    ...(maximum !== undefined && Number.isSafeInteger(maximum + 1) && { most: maximum }),
  };
}

/** The choices of a field with their words: in the order of the words, then what has none. */
export function choicesOf(shape: Shape, { choices = {} }: FieldText): readonly (readonly [string, string])[] {
  const values = (shape.enum ?? []).map(String);
  const worded = Object.entries(choices).filter(([value]) => values.includes(value));
  return [
    ...worded,
    ...values.filter((value) => !Object.hasOwn(choices, value)).map((value) => [value, value] as const),
  ];
}

/** Settings with another value of a field; `undefined` takes the field out. */
export function withField(settings: Settings, name: string, value: unknown): Settings {
  const { [name]: _before, ...others } = settings;
  if (value === undefined) return others;
  return name in settings ? { ...settings, [name]: value } : { ...others, [name]: value };
}

/** The problems of what lies below a path. */
export function problemsBelow(problems: Problems, path: string): Problems {
  const start = `${path}.`;
  return new Map(
    [...problems].flatMap(([at, message]) => (at.startsWith(start) ? [[at.slice(start.length), message]] : [])),
  );
}

/** What is wrong with a field, or first with what lies below it. */
export function problemWithin(problems: Problems, name: string): string | undefined {
  const [, message] = [...problems].find(([path]) => path === name || path.startsWith(`${name}.`)) ?? [];
  return message;
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
}

/** What a schema refuses, by the path of the field, in the words of its text. */
export function problemsOf(
  issues: readonly Issue[],
  textAt: (path: readonly PropertyKey[]) => FieldText | undefined,
): Problems {
  return new Map(issues.map((issue) => [issue.path.join('.'), sentenceOf(issue, textAt(issue.path))]));
}

function sentenceOf({ code, origin, minimum, maximum, message }: Issue, text: FieldText | undefined): string {
  const isNumber = origin === 'number' || origin === 'int';
  if (code === 'too_small') return isNumber ? `The least is ${String(minimum)}.` : (text?.missing ?? message);
  if (code === 'too_big' && isNumber) return `The most is ${String(maximum)}.`;
  return code === 'invalid_type' ? (text?.missing ?? message) : message;
}

/** The text of the field at a path within settings; places in lists do not count. */
export function textAt(fields: FieldTexts | undefined, path: readonly PropertyKey[]): FieldText | undefined {
  const [first, ...rest] = path.filter((part) => typeof part === 'string');
  const text = first === undefined ? undefined : fields?.[first];
  return rest.length === 0 || text?.fields === undefined ? text : textAt(text.fields, rest);
}
