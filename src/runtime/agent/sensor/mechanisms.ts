import type { SensorFact } from '../../contract.ts';
import type { SensorHello } from '../wire/frames.ts';
import { feature } from '../wire/words.ts';

/** Mechanisms of a sensor under the names that people read. */
const names = {
  birth: 'containers armed at birth',
  execRecord: 'programs recorded',
  execPrepare: 'programs killed before they start',
  execLsm: 'programs refused by BPF LSM',
  execFanotify: 'programs refused by fanotify',
  codeFanotify: 'code files judged by fanotify',
  listen: 'listening ports recorded',
  pinned: 'goes on without its agent',
  codeLsm: 'code maps judged by BPF LSM',
} as const satisfies Record<keyof typeof feature, string>;

/** Which mechanisms are active, and what the sensor says of those that are not. */
export function mechanismsOf({ features, missing }: SensorHello): SensorFact['mechanisms'] {
  const all = Object.entries(names) as [keyof typeof feature, string][];
  const known = all.map(([key, name]) => ({ name, active: (features & feature[key]) !== 0 }));
  const reasons = missing.split('\n').filter((line) => line.trim() !== '');
  const others = reasons.slice(0, 64 - known.length).map((line) => {
    const [name = '', ...reason] = line.split(': ');
    return { name: plain(name, 64), active: false, reason: plain(reason.join(': '), 500) };
  });
  return [...known, ...others];
}

function plain(text: string, longest: number): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, longest);
}
