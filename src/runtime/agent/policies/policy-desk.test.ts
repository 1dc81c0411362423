import { expect, test } from 'vitest';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { decodeFrame, type Frame } from '../wire/frames.ts';
import { compilePolicy, type PolicySource } from './compile-policy.ts';
import { defaultKey, PolicyDesk } from './policy-desk.ts';

const nothing: PolicySource = { images: [], rule: undefined, table: undefined, phase: 'run', engineFiles: [] };
const first = compilePolicy({ ...nothing, images: ['sha256:a'] });
const second = compilePolicy({ ...nothing, images: ['sha256:a', 'sha256:b'] });

function open() {
  const said: (Frame | undefined)[] = [];
  return { said, desk: new PolicyDesk((bytes) => void said.push(...read([bytes]))) };
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
  expect(numbers).toEqual([
    [numbers[0]?.[0], 1],
    [numbers[0]?.[0], 2],
  ]);
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
