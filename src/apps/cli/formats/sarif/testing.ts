import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

/** OASIS's own schema, as published. It is of draft 4, which in what it uses is the same but for the key `id`. */
function schema(): object {
  const text = readFileSync(join(import.meta.dirname, 'fixtures/sarif-2.1.0.json'), 'utf8');
  const { id: _, $schema: __, ...rest } = JSON.parse(text);
  return rest;
}

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat('uri', (text) => URL.canParse(text));
ajv.addFormat('uri-reference', (text) => /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/.test(text));
ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)));
const isValid = ajv.compile(schema());

/** What the schema of SARIF 2.1.0 objects to in a document; empty: it is valid. */
export function sarifProblems(document: unknown): readonly unknown[] {
  return isValid(document) ? [] : (isValid.errors ?? []);
}
