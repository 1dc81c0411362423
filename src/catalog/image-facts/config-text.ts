import { type Field, type FieldsOf, missing } from '#base/index.ts';
import type { ConfigFacts } from '../contract.ts';
import type { ImageConfigShape } from '../image-shape.ts';
import { type ConfigContext, configFieldNames, configFieldsOf } from './of-config.ts';

/** UTF-16 units of one field: a config has 32 MB at most, and hardly any has 100 kB. */
const longestField = 256 * 1024;

/** What a scan keeps of an image's config. A field that is too long is not known. */
export function configFactsOf(config: Uint8Array | string, context: ConfigContext = {}): ConfigFacts {
  const fields = Object.entries(configFieldsOf(config, context)).map(([name, field]) => {
    const isShort = JSON.stringify(field).length <= longestField;
    return [name, isShort ? field : missing('it is longer than a scan keeps of a config')] as const;
  });
  return { format: 1, text: JSON.stringify(Object.fromEntries(fields)) };
}

/** The fields that a scan kept. One that is not there, or is none, is missing. */
export function readConfigFacts({ text }: ConfigFacts): FieldsOf<ImageConfigShape> {
  const read = recordOf(parsed(text));
  const fields = configFieldNames().map((name): readonly [string, Field<unknown>] => {
    const value = Object.hasOwn(read, name) ? read[name] : undefined;
    return [name, isField(value) ? value : missing('the scan does not tell it')];
  });
  // Values of another type are an error of the check that meets them, never a pass.
  return Object.fromEntries(fields) as unknown as FieldsOf<ImageConfigShape>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isField(value: unknown): value is Field<unknown> {
  const field = recordOf(value);
  if (field['kind'] === 'missing') return typeof field['why'] === 'string';
  return field['kind'] === 'known' && 'value' in field && typeof field['at'] === 'string';
}
