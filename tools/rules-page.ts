import { sameChecks, type SettingsRule, settingsFaces } from '#compliance/contract.ts';
import { ruleFaces } from '#policy/contract.ts';
import type { FieldText, FieldTexts } from '#rules/contract.ts';
import { limitsOf, type Settings, type Shape, shapeOf } from '../web/src/ui/field-shape.ts';

/** Text of `docs/reference/rules.md`: what each kind of rule has as settings, from its schema and its texts. */

interface Face {
  readonly setting: Parameters<typeof shapeOf>[0];
  readonly name: string;
  readonly about: string;
  readonly fields: FieldTexts;
  readonly beginning: { readonly kind: string };
}

type Rows = readonly (readonly string[])[];

export const rulesIntro =
  'Rules as the pages, YAML and the API know them: `kind` and the settings below. A setting that is not optional must be there. *New* is the value with which the page begins.';

/** A part for each kind of rules, a heading and a table for each rule. */
export function rulesBody(table: (head: readonly string[], rows: Rows) => string): string {
  const part = (title: string, faces: readonly Face[]): string[] => [
    `## ${title}`,
    ...faces.map(
      (face) =>
        `### ${face.name}: \`${face.beginning.kind}\`\n\n${sentence(face.about)}\n\n${settings(face)}${same(face.beginning.kind)}`,
    ),
  ];
  const settings = ({ setting, fields, beginning }: Face): string =>
    table(
      ['setting', 'in the form', 'value', 'new'],
      rowsOf({ shape: shapeOf(setting), fields, value: { ...beginning } }),
    );
  const same = (kind: string): string => {
    const ids = sameChecks(kind as SettingsRule['kind']);
    return ids.length === 0 ? '' : `\n\nJudged like the [checks](checks.md) ${ids.join(', ')}, by the same functions.`;
  };
  return [...part('Of policies', ruleFaces), ...part('Of compliance rules, over settings', settingsFaces)].join('\n\n');
}

interface Level {
  readonly shape: Shape;
  readonly fields: FieldTexts;
  readonly value: Settings;
  /** Path of the object, with its last dot. */
  readonly before?: string;
}

function rowsOf({ shape, fields, value, before = '' }: Level): Rows {
  return Object.entries(fields).flatMap(([name, text]) => {
    const own = shape.properties?.[name] ?? {};
    const optional = shape.required?.includes(name) === true ? '' : ', optional';
    const begun = value[name];
    const row = [
      `\`${before}${name}\``,
      text.label,
      `${kindOf(own, text.unit)}${optional}${text.help === undefined ? '' : `. ${text.help}`}`,
      newOf(begun, text),
    ];
    const inner = own.items?.type === 'object' ? own.items : own;
    if (text.fields === undefined) return [row];
    const below = own.items === undefined ? `${before}${name}.` : `${before}${name}[].`;
    return [row, ...rowsOf({ shape: inner, fields: text.fields, value: text.start ?? {}, before: below })];
  });
}

function newOf(begun: unknown, { unset }: FieldText): string {
  if (begun !== undefined) return `\`${JSON.stringify(begun)}\``;
  return unset === undefined ? '' : `counts as \`${unset}\``;
}

function kindOf(shape: Shape, unit: string | undefined): string {
  if (shape.enum !== undefined) return shape.enum.map((value) => `\`${String(value)}\``).join(', ');
  const branches = shape.anyOf ?? shape.oneOf;
  if (branches !== undefined) return branches.map((one) => kindOf(one, unit)).join(' or ');
  switch (shape.type) {
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
    case 'number':
      return numbers(shape, unit);
    case 'array':
      return `list of ${kindOf(shape.items ?? {}, unit)}`;
    case 'object':
      return `\`{ ${Object.entries(shape.properties ?? {})
        .map(([name, one]) => (one.const === undefined ? name : `${name}: ${String(one.const)}`))
        .join(', ')} }\``;
    default:
      return 'text';
  }
}

function numbers(shape: Shape, unit: string | undefined): string {
  const { least, most } = limitsOf(shape);
  const bounds = [least === undefined ? '' : `from ${least}`, most === undefined ? '' : `to ${most}`].filter(Boolean);
  const whole = shape.type === 'integer' ? 'whole number' : 'number';
  return [whole, ...bounds, ...(unit === undefined ? [] : [`(${unit})`])].join(' ');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
