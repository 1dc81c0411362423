import { describe, expect, test } from 'vitest';
import { stoppableBy } from '../../mechanisms.ts';
import { feature } from '../wire/words.ts';
import { mechanismsOf } from './mechanisms.ts';

const recording = feature.birth | feature.execRecord | feature.listen | feature.pinned;

function reported(features: number, missing = '') {
  return mechanismsOf({ features, missing });
}

describe('mechanisms of a sensor', () => {
  test('are all told, with what the sensor says of those that it lacks', () => {
    const missing =
      'exec_checked: EPERM\nfanotify: Operation not permitted\nprotection_checked: EPERM\nnew_part: not: here';
    const lsm = 'it needs bpf among lsm= of the kernel';
    const all = reported(recording, missing);
    expect(all.filter(({ active }) => active).map(({ name }) => name)).toEqual([
      'containers armed at birth',
      'programs recorded',
      'listening ports recorded',
      'goes on without its agent',
    ]);
    expect(all.filter(({ reason }) => reason !== undefined)).toEqual([
      { name: 'programs refused by BPF LSM', active: false, reason: `EPERM; ${lsm}` },
      { name: 'programs refused by fanotify', active: false, reason: 'Operation not permitted' },
      { name: 'code files judged by fanotify', active: false, reason: 'Operation not permitted' },
      { name: 'mapped code refused by BPF LSM', active: false, reason: `EPERM; ${lsm}` },
      { name: 'new_part', active: false, reason: 'not: here' },
    ]);
  });

  test('say what can be stopped', () => {
    expect(stoppableBy(reported(recording))).toEqual(['programs']);
    expect(stoppableBy(reported(recording | feature.execFanotify | feature.codeFanotify))).toEqual([
      'programs',
      'code files',
    ]);
    expect(stoppableBy(reported(recording | feature.codeKill))).toEqual(['programs', 'code files']);
    expect(stoppableBy(reported(feature.birth | feature.listen))).toEqual([]);
    expect(stoppableBy([])).toEqual([]);
  });
});
