import { expect, test } from 'vitest';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { decodeFrame, type Frame } from '../wire/frames.ts';
import { compilePolicy, type PolicySource } from './compile-policy.ts';
import { defaultKey, SensorPolicies } from './sensor-policies.ts';

const nothing: PolicySource = { images: [], rule: undefined, table: undefined, phase: 'run', engineFiles: [] };
const first = compilePolicy({ ...nothing, images: ['sha256:a'] });
const second = compilePolicy({ ...nothing, images: ['sha256:a', 'sha256:b'] });

function open(tables: ReadonlySet<number> = new Set()) {
  const said: (Frame | undefined)[] = [];
  return {
    said,
    desk: new SensorPolicies(
      (bytes) => void said.push(...read([bytes])),
      (table) => tables.has(table),
    ),
  };
}

function read(parts: readonly Buffer[]): readonly (Frame | undefined)[] {
  return new FrameSplitter().push(Buffer.concat(parts)).map(({ type, payload }) => decodeFrame(type, payload));
}

test('a policy is said when it says something new, under the number of its key', () => {
  const { said, desk } = open();
  desk.put('image a', first);
  desk.put('image a', first);
  desk.put('image a', second);
  const numbers = said.map((frame) => (frame?.kind === 'policy' ? [frame.policy, frame.version] : []));
  expect(numbers.map(([number]) => number)).toEqual([numbers[0]?.[0], numbers[0]?.[0]]);
  expect(numbers[0]?.[1]).not.toBe(numbers[1]?.[1]);
  const other = open();
  other.desk.put('image b', first);
  other.desk.put('image a', first);
  expect(other.said[1]).toMatchObject({ policy: numbers[0]?.[0] });
  other.desk.put(defaultKey, first);
  expect(other.said[2]).toMatchObject({ policy: 0 });
});

test('a sensor that knows nothing is told every policy, then who has which', () => {
  const { said, desk } = open();
  const id = 'c'.repeat(64);
  desk.assign(id, 'image a');
  expect(said).toEqual([]);
  desk.put('image a', first);
  const [policy] = said;
  expect(read(desk.all())).toEqual([policy, { kind: 'assign', id, policy: (policy as { policy: number }).policy }]);
  desk.release(id);
  desk.drop('image a');
  expect(desk.all()).toEqual([]);
  expect(said.at(-1)).toEqual({ kind: 'forget-policy', policy: (policy as { policy: number }).policy });
});

test('a policy waits for its table, and keeps the older one in its place', () => {
  const tables = new Set<number>();
  const { said, desk } = open(tables);
  desk.put('image a', first);
  desk.put('image a', { ...second, table: 5 });
  desk.assign('c'.repeat(64), 'image a');
  expect(said.map((frame) => frame?.kind)).toEqual(['policy', 'assign']);
  expect(read(desk.all()).map((frame) => frame?.kind)).toEqual(['assign']);
  tables.add(5);
  desk.tableCame(6);
  expect(said).toHaveLength(2);
  desk.tableCame(5);
  expect(said.at(-1)).toMatchObject({ kind: 'policy', table: 5 });
  expect(read(desk.all()).map((frame) => frame?.kind)).toEqual(['policy', 'assign']);
});

test('a version is that of what the policy says, whichever run says it', () => {
  const [one, other] = [open(), open()];
  other.desk.put('image a', second);
  for (const { desk } of [one, other]) desk.put('image a', first);
  expect(one.desk.sent('image a')).toMatchObject({ version: other.desk.sent('image a')?.version });
  expect(one.desk.sent('image b')).toBe(undefined);
});

test('a policy that the sensor did not take is remembered with the reason, until it takes one', () => {
  const { desk } = open();
  desk.put('image a', first);
  const { number: policy = 0, version = 0 } = desk.sent('image a') ?? {};
  const refused = { policy, version, accepted: 0, reason: "the kernel's table is full" };
  desk.answered({ ...refused, version: version + 1 });
  expect(desk.sent('image a')).not.toHaveProperty('refusal');
  desk.answered(refused);
  expect(desk.sent('image a')).toMatchObject({ refusal: refused.reason });
  desk.put('image a', first);
  expect(desk.sent('image a')).toMatchObject({ refusal: refused.reason });
  desk.answered({ ...refused, accepted: 1 });
  expect(desk.sent('image a')).not.toHaveProperty('refusal');
});
