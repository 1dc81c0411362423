import type { ReactNode } from 'react';
import type { listDecisions } from '#admission/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { useNow } from '../../ui/clock.ts';
import { count } from '../../ui/format.ts';

type Day = ReplyOf<typeof listDecisions>['day'];

const hour = 3_600_000;
const tall = 44;

/** The last 24 hours, a bar each: what was allowed, what was let through and shown, what was refused. */
export function DayStrip({ day }: { readonly day: Day }): ReactNode {
  const hours = hoursOf(day, useNow());
  const most = Math.max(1, ...hours.map(({ allowed, alerted, denied }) => allowed + alerted + denied));
  const words = `${count(day.allowed)} allowed, ${count(day.alerted)} alerted and ${count(day.denied)} refused in 24 hours`;
  return (
    <section className="section day-strip" aria-label="The last 24 hours">
      <svg viewBox={`0 0 ${hours.length * 12} ${tall}`} preserveAspectRatio="none" role="img" aria-label={words}>
        {hours.map((one, index) => (
          <Bar key={one.hour} hour={one} x={index * 12} scale={tall / most} />
        ))}
      </svg>
      <dl>
        <div data-answer="allowed">
          <dt>Allowed</dt>
          <dd>{count(day.allowed)}</dd>
        </div>
        <div data-answer="alerted">
          <dt>Alerted</dt>
          <dd>{count(day.alerted)}</dd>
        </div>
        <div data-answer="denied">
          <dt>Refused</dt>
          <dd>{count(day.denied)}</dd>
        </div>
      </dl>
    </section>
  );
}

type Hour = Day['hours'][number];

/** Refused ones stand at the bottom, where small numbers are seen. */
function Bar(props: { readonly hour: Hour; readonly x: number; readonly scale: number }): ReactNode {
  const { hour: one, x, scale } = props;
  const parts = [
    ['denied', one.denied],
    ['alerted', one.alerted],
    ['allowed', one.allowed],
  ] as const;
  let below = 0;
  return (
    <g>
      <title>{`${one.hour.slice(11, 16)} UTC: ${one.allowed} allowed, ${one.alerted} alerted, ${one.denied} refused`}</title>
      <rect x={x} y={tall - 1} width={10} height={1} data-answer="none" />
      {parts.map(([answer, number]) => {
        const height = number === 0 ? 0 : Math.max(2, number * scale);
        below += height;
        return height === 0 ? null : (
          <rect key={answer} x={x} y={Math.max(0, tall - below)} width={10} height={height} data-answer={answer} />
        );
      })}
    </g>
  );
}

/** Hours without a decision are among them. */
function hoursOf({ hours }: Day, now: Date): readonly Hour[] {
  const known = new Map(hours.map((one) => [Date.parse(one.hour), one]));
  const newest = Math.floor(now.getTime() / hour) * hour;
  return Array.from({ length: 25 }, (_, index) => {
    const at = newest - (24 - index) * hour;
    return known.get(at) ?? { hour: new Date(at).toISOString(), allowed: 0, alerted: 0, denied: 0 };
  });
}
