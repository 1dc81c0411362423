import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

/** CycloneDX's own schemas, as published. */
function schema(name: string): object {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8'));
}

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat('iri-reference', (text) => !/[\s<>"{}|\\^`]/.test(text));
ajv.addFormat('uri', (text) => URL.canParse(text));
ajv.addFormat('date', /^\d{4}-\d\d-\d\d$/);
ajv.addFormat('idn-email', (text) => text.includes('@'));
ajv.addFormat('date-time', (text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)));
// The schemas point at each other by file name, below the address of the first.
for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json']) {
  const { $id: _, ...rest } = schema(name) as { readonly $id?: string };
  ajv.addSchema(rest, `http://cyclonedx.org/schema/${name}`);
}
// Names of algorithms and curves, which no bill of packages has: any text passes here.
ajv.addSchema(
  { definitions: { algorithmFamiliesEnum: { type: 'string' }, ellipticCurvesEnum: { type: 'string' } } },
  'http://cyclonedx.org/schema/cryptography-defs.SNAPSHOT.schema.json',
);
const validators = {
  '1.6': ajv.compile(schema('cyclonedx-1.6.json')),
  '1.7': ajv.compile(schema('cyclonedx-1.7.json')),
};

interface Bill {
  readonly specVersion: keyof typeof validators;
  readonly metadata: { readonly component: Referable };
  readonly components: readonly Referable[];
  readonly vulnerabilities?: readonly (Referable & { readonly affects?: readonly { readonly ref: string }[] })[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly compositions: readonly { readonly assemblies: readonly string[] }[];
}
interface Referable {
  readonly 'bom-ref': string;
}

/** What the schema of its version of CycloneDX objects to, and references that lead nowhere or twice, which it cannot tell. */
export function cyclonedxProblems(document: unknown): readonly unknown[] {
  const isValid = validators[(document as Bill).specVersion] ?? validators['1.6'];
  if (!isValid(document)) return isValid.errors?.slice(0, 10) ?? [];
  const { metadata, components, vulnerabilities = [], dependencies, compositions } = document as Bill;
  const refs = [metadata.component, ...components, ...vulnerabilities].map((one) => one['bom-ref']);
  const known = new Set(refs);
  const used = [
    ...vulnerabilities.flatMap(({ affects = [] }) => affects.map(({ ref }) => ref)),
    ...dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn]),
    ...compositions.flatMap(({ assemblies }) => assemblies),
  ];
  const twice = refs.filter((ref, at) => refs.length < 5000 && refs.indexOf(ref) !== at);
  return [
    ...(known.size === refs.length ? [] : [`references that stand twice: ${twice.slice(0, 5).join(', ')}`]),
    ...used.filter((ref) => !known.has(ref)).map((ref) => `leads nowhere: ${ref}`),
  ];
}
