import type { ReactNode } from 'react';
import type { Detection } from '#runtime/contract.ts';
import { count, counted, date } from '../../ui/format.ts';
import { StateGlyph } from '../../ui/state-mark.tsx';
import { commandOf } from './command-words.ts';
import { foldRepeats, type Repeated } from './fold-repeats.ts';
import { isReported } from './incident-subject.ts';
import { OutcomeMark } from './outcome-mark.tsx';
import { techniqueWords } from './technique-words.ts';

interface Props {
  readonly detections: readonly Detection[];
  /** How many the incident has: of what came again and again only the first and the last ones are told. */
  readonly events: number;
}

/** What was tried, and what the answer was, in one line each. */
export function Timeline({ detections, events }: Props): ReactNode {
  const [first] = detections;
  return (
    <section className="section">
      <header>
        <h2>What happened</h2>
        <span className="quiet small">{first && `${date(first.time)}, times in ${zoneOf(first.time)}`}</span>
      </header>
      {detections.length < events && (
        <p className="quiet small events-cut">
          {detections.length} of {counted(events, 'event')} shown. Of events that repeat, only the first few and the
          last few are shown.
        </p>
      )}
      <ol className="timeline">
        {foldRepeats(detections).map((one) => (
          <Moment key={one.detection.id} repeated={one} />
        ))}
      </ol>
    </section>
  );
}

function Moment({ repeated }: { readonly repeated: Repeated }): ReactNode {
  const { detection, times, lastAt } = repeated;
  const { time, outcome, message, notice } = detection;
  const stopped = outcome !== 'observed';
  return (
    <li className={stopped ? 'moment stop' : notice ? 'moment' : 'moment odd'}>
      <time className="mono" dateTime={time} title={`${time.slice(0, 23).replace('T', ' ')} UTC`}>
        {clockOf(time)}
      </time>
      <span className="pin">{stopped && <StateGlyph state="stopped" />}</span>
      <div>
        <p>{message}</p>
        <p className="small quiet">
          <code>{commandOf(detection.process)}</code>
          {times > 1 && (
            <span className="repeats">
              {' '}
              ×{count(times)}, last {clockOf(lastAt).slice(0, 8)}
            </span>
          )}
        </p>
      </div>
      <span className="moment-tag">
        <Answer detection={detection} />
        {detection.technique !== undefined && (
          <span className="quiet small" title={techniqueWords(detection.technique)}>
            {' '}
            {detection.technique}
          </span>
        )}
      </span>
    </li>
  );
}

/** What was done about what a process did; what the console told of is nothing to be stopped. */
function Answer({ detection }: { readonly detection: Detection }): ReactNode {
  if (detection.notice) return <span className="quiet">Noted</span>;
  if (isReported([detection]) && detection.outcome === 'observed') return null;
  return <OutcomeMark outcome={detection.outcome} />;
}

/** Name of the reader's time zone: `CET`. */
function zoneOf(time: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(new Date(time));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'local time';
}

/** `14:06:31.912`, in the reader's time zone. */
function clockOf(time: string): string {
  const at = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
