import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { EvidenceTemplate } from '#explorer/contract.ts';
import { useNow } from '../../ui/clock.ts';
import { counted, date } from '../../ui/format.ts';
import { dayName, dayOf } from './days.ts';
import { type EvidenceScope, isPast } from './evidence-search.ts';

/** Changes fields of the address and keeps the others. */
export function useChange(): (changes: object) => void {
  const navigate = useNavigate();
  return (changes) => {
    const merge = (before: object) => ({ ...before, ...changes });
    void navigate({ to: '.', search: merge as never, replace: true, resetScroll: false });
  };
}

interface ChoiceProps {
  readonly templates: readonly EvidenceTemplate[];
  readonly chosen: string;
}

/** Which template is shown. */
export function TemplateChoice({ templates, chosen }: ChoiceProps): ReactNode {
  const change = useChange();
  return (
    <label className="field">
      Template
      <select value={chosen} onChange={({ currentTarget }) => change({ template: currentTarget.value })}>
        {!templates.some(({ id }) => id === chosen) && <option value={chosen}>{chosen}</option>}
        {templates.map((one) => (
          <option key={one.id} value={one.id}>
            {templateName(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

function templateName({ title, standing, deletedAt }: EvidenceTemplate): string {
  if (deletedAt !== undefined) return `${title} (deleted)`;
  return standing === 'starting-point' ? `${title} (starting point)` : title;
}

/** Says that a template is no more, and what its page shows. */
export function DeletedNote({ template }: { readonly template: EvidenceTemplate | undefined }): ReactNode {
  if (template?.deletedAt === undefined) return null;
  return (
    <p className="past-note" role="status">
      <b>This template was deleted on {date(template.deletedAt)}.</b> Its controls are shown as they stood then. Single
      subjects are not listed.
    </p>
  );
}

/** Says that questions changed, and that not everything was asked them yet. */
export function PendingNote({ pending }: { readonly pending: number | undefined }): ReactNode {
  if (pending === undefined) return null;
  return (
    <p className="past-note" role="status">
      <b>Questions or documents changed.</b> {counted(pending, 'place')} {pending === 1 ? 'was' : 'were'} not looked at
      since, and the figures leave its subjects out. They are complete within a minute.
    </p>
  );
}

/** A day, and by what was known of it. */
export function AsOf({ scope: { at, known } }: { readonly scope: EvidenceScope }): ReactNode {
  const change = useChange();
  const now = useNow();
  return (
    <>
      <DayField
        name="As of"
        day={at}
        choose={(day) => change({ at: day, known: day === undefined ? undefined : known })}
      />
      {isPast({ at }, now) && (
        <>
          <label className="field">
            By what was known
            <select
              value={known ?? ''}
              onChange={({ currentTarget }) => change({ known: currentTarget.value || undefined })}
            >
              <option value="">now</option>
              <option value="then">on that day</option>
            </select>
          </label>
          <button type="button" className="btn" onClick={() => change({ at: undefined, known: undefined })}>
            Back to now
          </button>
        </>
      )}
    </>
  );
}

interface DayProps {
  readonly name: string;
  readonly day: string | undefined;
  readonly choose: (day: string | undefined) => void;
}

/** A day of UTC up to today. What is typed in part is no day yet. */
export function DayField({ name, day, choose }: DayProps): ReactNode {
  const today = dayOf(useNow());
  return (
    <label className="field">
      {name}
      <input
        key={day}
        type="date"
        min="2020-01-01"
        max={today}
        defaultValue={day}
        onChange={({ currentTarget: { value, validity } }) => {
          if (value !== '' && validity.valid) choose(value);
        }}
        onBlur={({ currentTarget: { value, validity } }) => {
          if (value === '' && !validity.badInput && day !== undefined) choose(undefined);
        }}
      />
    </label>
  );
}

/** Says that a page shows a day of the past, and what that means. */
export function PastNote({ scope: { at, known } }: { readonly scope: EvidenceScope }): ReactNode {
  const now = useNow();
  if (at === undefined || !isPast({ at }, now)) return null;
  return (
    <p className="past-note" role="status">
      <b>As of the end of {dayName(at)}, UTC.</b>{' '}
      {known === 'then'
        ? 'What was reported later about that day is left out.'
        : 'What was reported later about that day is taken into account.'}
    </p>
  );
}
