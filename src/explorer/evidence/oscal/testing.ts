import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

/** What the schemas of OSCAL 1.2.1 object to in a document, by the name of its file; empty: it is valid. */
export function oscalProblems(name: string, document: unknown): readonly unknown[] {
  const isValid = validatorOf(schemas[name] ?? name);
  return isValid(document) ? [] : (isValid.errors ?? []);
}

const schemas: Readonly<Record<string, string>> = {
  'catalog.json': 'oscal-catalog.json',
  'assessment-results.json': 'oscal-assessment-results.json',
  'poam.json': 'oscal-poam.json',
  'component-definition.json': 'oscal-component.json',
};

const compiled = new Map<string, ReturnType<Ajv['compile']>>();

/** NIST's own schema, as published. */
function validatorOf(file: string): ReturnType<Ajv['compile']> {
  const present = compiled.get(file);
  if (present !== undefined) return present;
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addFormat('uri', (text) => URL.canParse(text));
  ajv.addFormat('uri-reference', (text) => /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/.test(text));
  ajv.addFormat('email', () => false);
  ajv.addFormat('idn-email', () => false);
  ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
  const made = ajv.compile(JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', file), 'utf8')));
  compiled.set(file, made);
  return made;
}
