import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CustomCheck, CustomCheckText } from './contract-custom.ts';
import { assessDocuments } from './catalogue.ts';
import { documentText } from './document.ts';
import { known } from '#base/index.ts';
import { openCustom } from './open-custom.ts';

const howTo = readFileSync(join(import.meta.dirname, '../../docs/how-to/write-checks.md'), 'utf8');

/** The id in the address of the example, and the check in its body. */
function example() {
  const [, id = '', body = ''] = /custom-checks\/(custom-[a-z-]+) [^']*'[^']*' -d '([^']*)'/.exec(howTo) ?? [];
  const { check } = JSON.parse(body) as { readonly check: unknown };
  return { id, check: CustomCheckText.parse(check) };
}

test.each([
  [['23/tcp', '80/tcp'], { state: 'fail', seen: ['23/tcp'] }],
  [['2323/tcp', '23/udp'], { state: 'pass' }],
] as const)('the example of the how-to says of an image with %j: %j', async (ports, expected) => {
  const { id, check } = example();
  const custom = await openCustom([CustomCheck.parse({ ...check, id, version: 1 })]);
  const documents = [{ kind: 'scan', text: documentText({ exposedPorts: known(ports, 'config.ExposedPorts') }) }];
  const results = assessDocuments('image', documents, { now: new Date(0), lists: {}, custom });
  expect(results.find((one) => one.id === id)).toMatchObject(expected);
});
