import { describe, expect, test } from 'vitest';
import type { FieldsOf } from '#base/index.ts';
import type { ContainerShape } from '../container-shape.ts';
import { notSeenBy, type StartDocument } from './not-seen.ts';
import { containerOfBundle } from './of-bundle.ts';
import { containerOfCreate } from './of-engine.ts';
import { containerOfSpec } from './of-spec.ts';
import { nothingAround, surroundingsOfInfo, withFacts } from './surroundings.ts';
import { aroundFor, recorded } from './testing.ts';

const { view } = aroundFor({ containers: { plain: { hostNamespaces: [], mounts: [] } } });
const info = { SecurityOptions: [], DefaultRuntime: 'runc', Runtimes: { runc: { path: 'runc' } } };
const asked = withFacts(surroundingsOfInfo(info), { imagePresent: true }, 'engine');
const alone = { host: view.host, facts: nothingAround };

const readers: readonly (readonly [StartDocument, (name: string) => Promise<FieldsOf<ContainerShape>>])[] = [
  ['request', (name) => containerOfCreate(recorded(`create-${name}`), { view, facts: asked })],
  [
    'bundle',
    (name) =>
      containerOfBundle(
        {
          spec: recorded(`spec-${name}`),
          config: recorded(`config-v2-${name}`),
          hostConfig: recorded(`hostconfig-${name}`),
        },
        alone,
      ),
  ],
  ['spec', (name) => containerOfSpec(recorded(`spec-${name}`), alone)],
];

/** Known of some containers only: by what they are, not by what the document holds. */
const bySubject: ReadonlySet<string> = new Set(
  'userRemap joinedNetwork joinedProcesses ipc memorySwap ports limits'.split(' '),
);

describe.each(readers)('a %s', (document, read) => {
  test.each(['plain', 'privileged', 'hardened'])('of a %s container lacks exactly what is said of it', async (name) => {
    const fields = Object.entries(await read(name)).filter(([field]) => !bySubject.has(field));
    const missing = fields.filter(([, field]) => field.kind === 'missing').map(([field]) => field);
    expect(missing.toSorted()).toEqual(notSeenBy[document].filter((field) => !bySubject.has(field)).toSorted());
  });
});

test('a spec counts, and the files add what it does not hold', async () => {
  const files = { config: recorded('config-v2-privileged'), hostConfig: recorded('hostconfig-privileged') };
  const fields = await containerOfBundle({ spec: recorded('spec-plain'), ...files }, alone);
  expect(fields.everyDevice).toMatchObject({ value: false });
  expect(fields.privileged).toMatchObject({ value: true });
});
