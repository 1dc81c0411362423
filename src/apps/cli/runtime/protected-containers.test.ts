import { describe, expect, it } from 'vitest';
import type { Container, ProtectionState } from '#inventory/contract.ts';
import { byNeed, describeContainers, exitCodeOf, reasonOf } from './protected-containers.ts';

const states: readonly ProtectionState[] = ['protected', 'watched', 'partly', 'unprotected', 'unknown'];
const container = (state: ProtectionState): Container =>
  ({ name: state, host: 'quay', protection: { state, parts: [], reason: `It is ${state}.` } }) as unknown as Container;

describe('how containers are protected, for people', () => {
  it.each([
    [[], [], 0],
    [['protected', 'watched'], [], 0],
    [['protected', 'unknown'], [], 3],
    [['partly', 'unknown'], [], 1],
    [['unprotected', 'protected'], ['quay'], 1],
    [['protected'], ['quay'], 3],
    [[], ['quay'], 3],
  ] as const)('%j with %j away ends with %i', (some, away, code) => {
    expect(exitCodeOf(some.map(container), away)).toBe(code);
  });

  it('names what is away and what is unknown first', () => {
    const some = states.map(container).toSorted(byNeed);
    expect(some.map(({ name }) => name)).toEqual(['unknown', 'unprotected', 'partly', 'watched', 'protected']);
    expect(reasonOf(some, ['quay'])).toMatch(/: 1 host is away; of 5 running: 1 unknown, 1 not protected, 1 partly$/);
    expect(reasonOf([], ['quay', 'pier'])).toMatch(/: 2 hosts are away$/);
    expect(describeContainers(some, ['quay'], 100)).toMatch(/^quay is away: .*\n5 running: 1 unknown, /m);
    expect(describeContainers([], ['quay'], 100)).toMatch(/^quay is away: .*\n\D+\n$/);
  });
});
