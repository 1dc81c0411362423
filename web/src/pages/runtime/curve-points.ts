import type { ChartData } from '../../ui/chart-data.ts';
import { counted } from '../../ui/format.ts';
import type { ReadModel } from './read-model.ts';

/** New behaviours a day at which a dimension becomes active. */
export const target = 2;

/** New behaviours a day that must still be expected in one dimension, over the hours that were observed. */
export function curveOf(curve: ReadModel['curve'], dimension: ReadModel['curve'][number]['dimension']): ChartData {
  const byHour = new Map<number, number>();
  for (const { dimension: of, hours, upper80 } of curve)
    if (of === dimension && upper80 !== undefined) byHour.set(hours, upper80);
  return {
    kind: 'line',
    along: 'number',
    points: [...byHour].toSorted(([one], [other]) => one - other).map(([x, y]) => ({ x, y })),
    limit: { y: target, name: `target ${target} a day` },
    nameX: (hours) => `after ${counted(Math.round(hours), 'hour')}`,
    nameY: (upper) => `up to ${upper.toFixed(1)} a day`,
  };
}
