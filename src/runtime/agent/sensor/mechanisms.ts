import { oneLine } from '#base/index.ts';
import type { SensorFact } from '../../contract.ts';
import { type Mechanism, mechanisms } from '../../mechanisms.ts';
import type { SensorHello } from '../wire/frames.ts';
import { feature } from '../wire/words.ts';

const byFeature: Readonly<Record<keyof typeof feature, Mechanism>> = mechanisms;
const longestReason = 400;

/** Which mechanisms are active, and what the sensor says of those that are not. */
export function mechanismsOf({
  features,
  missing,
}: Pick<SensorHello, 'features' | 'missing'>): SensorFact['mechanisms'] {
  const reasons = reasonsOf(missing);
  const all = Object.entries(byFeature) as [keyof typeof feature, Mechanism][];
  const known = all.map(([key, { name, parts = [], needs }]) => {
    const active = (features & feature[key]) !== 0;
    const reason = parts.map((part) => reasons.get(part)).find((one) => one !== undefined);
    if (reason === undefined) return { name, active };
    return { name, active, reason: active || needs === undefined ? reason : `${reason}; it needs ${needs}` };
  });
  const parts = new Set(all.flatMap(([, mechanism]) => mechanism.parts ?? []));
  const others = [...reasons].filter(([part]) => !parts.has(part)).slice(0, 64 - known.length);
  return [...known, ...others.map(([name, reason]) => ({ name: oneLine(name, 64), active: false, reason }))];
}

/** Why parts of the sensor are missing: `part: reason`, one a line. */
function reasonsOf(missing: string): ReadonlyMap<string, string> {
  const lines = missing.split('\n').filter((line) => line.trim() !== '');
  return new Map(
    lines.map((line) => {
      const [part = '', ...reason] = line.split(': ');
      return [part, oneLine(reason.join(': '), longestReason)];
    }),
  );
}
