import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { percent } from '../../ui/format.ts';
import { dayName, type DaySlot, dayWords, stripWords } from './days.ts';
import { controlWords } from './standing.ts';
import './days-strip.css';

interface StripProps {
  readonly slots: readonly DaySlot[];
  /** What it is of, for screen readers. */
  readonly name: string;
  /** Where a day that is known leads to. */
  readonly linkTo?: (day: string) => LinkProps;
}

/** A state for each day as the height and colour of a bar; a day without a record is hatched. */
export function DaysStrip({ slots, name, linkTo }: StripProps): ReactNode {
  return (
    <div className="days-strip">
      <p className="sr">{`${name}, ${stripWords(slots)}`}</p>
      <div aria-hidden="true">
        {slots.map((slot) => {
          const { day, kind, record } = slot;
          const looks = { className: kind === 'gap' ? 'hatch' : undefined, 'data-day': kind, title: titleOf(slot) };
          return linkTo === undefined || record === undefined ? (
            <i key={day} {...looks} />
          ) : (
            // The field of the date does the same by keyboard.
            <Link key={day} {...linkTo(day)} {...looks} tabIndex={-1} resetScroll={false} />
          );
        })}
      </div>
    </div>
  );
}

function titleOf({ day, kind, record }: DaySlot): string {
  if (record === undefined) return `${dayName(day)}: ${dayWords[kind]}`;
  const { rate, coverage } = record;
  const parts = [
    controlWords[record.state].toLowerCase(),
    ...(rate === undefined ? [] : [`rate ${percent(rate)}`]),
    ...(coverage === undefined ? [] : [`coverage ${percent(coverage)}`]),
  ];
  return `${dayName(day)}: ${parts.join(', ')}`;
}
