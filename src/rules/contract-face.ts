import { z } from 'zod';
import type { Immutable } from '#base/index.ts';

/** Controls that pages know by name, for fields that a schema does not say enough of. */
export type KnownControl =
  | 'approved-bases'
  | 'compliance-lines'
  | 'expression'
  | 'package-type'
  | 'settings-rules'
  | 'signing-keys'
  | 'threshold';

/** How a form shows one field of a rule. Its kind, its limits and what it may be come from the schema. */
export interface FieldText {
  readonly label: string;
  /** One sentence below the field. */
  readonly help?: string;
  /** Word after a number: `days`. */
  readonly unit?: string;
  /** Shown in the field while it is empty. */
  readonly example?: string;
  /** Words of a choice, in the order in which they are offered. */
  readonly choices?: Readonly<Record<string, string>>;
  /** What a missing value counts as. */
  readonly unset?: string;
  /** Field beside it whose value counts while this one is missing. */
  readonly fallback?: string;
  /** What the field says when something must be there and is not. */
  readonly missing?: string;
  /** `words`: a list on one line, apart by spaces. `code`: what programs read, in a font of equal widths. */
  readonly form?: 'words' | 'code';
  /** Takes the place of the control that follows from the schema. */
  readonly control?: KnownControl;
  /** Fields of an object, or of each item of a list. */
  readonly fields?: FieldTexts;
  /** An object, or the item of a list, as a person begins it. */
  readonly start?: Readonly<Record<string, unknown>>;
  /** One item of a list: `package`. */
  readonly item?: string;
}

/** Texts of fields by their names, in the order of the form. */
export type FieldTexts = Readonly<Record<string, FieldText>>;

/** Every field of a value has its text: one that lacks it does not compile. */
export type FieldsOf<Value> = {
  readonly [Field in Exclude<keyof Value, 'kind'>]-?: FieldOf<NonNullable<Value[Field]>>;
};

type FieldOf<Value> = FieldText & ({ readonly control: KnownControl } | PartsOf<Value>);

type PartsOf<Value> = [Value] extends [number | boolean]
  ? unknown
  : [Value] extends [string]
    ? ChoicesOf<Value>
    : [Value] extends [readonly (infer Item)[]]
      ? [Item] extends [string]
        ? ChoicesOf<Item>
        : GroupOf<Item>
      : GroupOf<Value>;

type ChoicesOf<Value extends string> = string extends Value
  ? unknown
  : { readonly choices: Readonly<Record<Value, string>> };

interface GroupOf<Value> {
  readonly fields: FieldsOf<Value>;
  readonly start: Value;
}

type SettingSchema = z.ZodObject<{ readonly kind: z.ZodLiteral<string> }>;

/** What pages, docs and the command line know of a kind of rule: its settings, and the words for them. */
export interface RuleFace<Schema extends SettingSchema> {
  /** Settings, with `kind` as the rule's id. */
  readonly setting: Schema;
  /** Heading: `Known exploited`. */
  readonly name: string;
  /** What it is about, after its name in a menu: `findings that CISA lists as exploited`. */
  readonly about: string;
  readonly fields: FieldsOf<Immutable<z.infer<Schema>>>;
  /** A rule as a person begins it. */
  readonly beginning: Immutable<z.infer<Schema>>;
  /** The rule in one sentence, without a full stop. */
  sentence(rule: Immutable<z.infer<Schema>>): string;
}

/** Declares a kind of rule; texts and sentence are held to its schema. */
export function ruleFace<Schema extends SettingSchema>(face: RuleFace<Schema>): RuleFace<Schema> {
  return face;
}

interface Settled {
  readonly setting: SettingSchema;
}

/** Schemas of a list of faces, for a union of their settings. */
export function settingsOf<const Faces extends readonly Settled[]>(faces: Faces) {
  return faces.map(({ setting }) => setting) as unknown as { -readonly [At in keyof Faces]: Faces[At]['setting'] };
}

/** Ids of a list of faces. */
export function kindsOf<const Faces extends readonly Settled[]>(faces: Faces) {
  type Kind = z.infer<Faces[number]['setting']>['kind'];
  return z.enum(faces.map(({ setting }) => setting.shape.kind.value) as [Kind, ...Kind[]]);
}
