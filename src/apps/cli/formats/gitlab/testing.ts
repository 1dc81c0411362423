import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

const isValid = new Ajv({ strict: false, allErrors: true }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/container-scanning-15.0.4.json'), 'utf8')) as object,
);

/** What GitLab's schema of container scanning reports objects to; empty: the document is valid. */
export function gitlabProblems(document: unknown): readonly unknown[] {
  return isValid(document) ? [] : (isValid.errors ?? []);
}
