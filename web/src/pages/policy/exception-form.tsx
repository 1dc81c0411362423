import { type PackageType, packageTypes } from '#ecosystems/contract.ts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { type Exception, listExceptions, previewException, requestException } from '#policy/contract.ts';
import { ask } from '../../api.ts';
import { useNow } from '../../ui/clock.ts';
import { Failure } from '../../ui/failure.tsx';
import { Choice, TextField } from '../../ui/fields.tsx';
import { counted } from '../../ui/format.ts';
import { dayAfter, endOf, reasonChoices } from './exception-words.ts';
import { ScopeField } from './scope-field.tsx';
import { UntilField, usualDays } from './until-field.tsx';
import './exceptions-page.css';

/** The finding that an exception is about. */
interface About {
  readonly advisory: string;
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
}

interface FormProps {
  readonly about: Partial<About>;
  /** A finding's page knows what it is about; on its own page every field may be edited. */
  readonly subject: 'fixed' | 'open';
  readonly done: (exception: Exception) => void;
  readonly cancel: ReactNode;
}

interface Wanted extends About {
  readonly collections: readonly string[] | undefined;
  readonly reason: Exception['reason'];
  readonly explanation: string;
  /** Day in the reader's time zone, `2026-12-24`; it applies until its end. */
  readonly until: string;
}

const types = packageTypes.map((type) => [type, type] as const);

/** Requests an exception, and says first to how many images it would apply. */
export function ExceptionForm({ about, subject, done, cancel }: FormProps): ReactNode {
  const now = useNow();
  const [wanted, setWanted] = useState<Wanted>(() => ({
    advisory: about.advisory ?? '',
    type: about.type ?? 'deb',
    name: about.name ?? '',
    version: about.version ?? '',
    collections: undefined,
    reason: 'mitigated',
    explanation: '',
    until: dayAfter(now, usualDays),
  }));
  const requesting = useRequest(done);
  const set: Setter = (field) => (value) => setWanted((before) => ({ ...before, [field]: value }));
  const missing = missingIn(wanted);
  return (
    <form
      className="form ask-form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        requesting.mutate(wanted);
      }}
    >
      {subject === 'open' ? (
        <WhatFields wanted={wanted} set={set} />
      ) : (
        <p className="soft breakable">
          <span className="mono">{wanted.advisory}</span> in <span className="mono">{wanted.name}</span>{' '}
          <span className="mono">{wanted.version}</span>. It ends when the version changes.
        </p>
      )}
      <WhyFields wanted={wanted} set={set} />
      <Reach wanted={wanted} />
      {requesting.isError && <Failure error={requesting.error} />}
      <div className="actions">
        <button
          type="submit"
          className="btn primary"
          aria-describedby="missing"
          disabled={missing !== undefined || requesting.isPending}
        >
          Request
        </button>
        {cancel}
        <span id="missing" className="quiet small">
          {missing}
        </span>
      </div>
    </form>
  );
}

type Setter = <Field extends keyof Wanted>(field: Field) => (value: Wanted[Field]) => void;

interface FieldsProps {
  readonly wanted: Wanted;
  readonly set: Setter;
}

function WhatFields({ wanted, set }: FieldsProps): ReactNode {
  return (
    <>
      <TextField
        label="Advisory"
        mono="yes"
        longest={256}
        placeholder="CVE-2026-24515"
        value={wanted.advisory}
        change={set('advisory')}
      />
      <div className="form-row component">
        <Choice label="Type" value={wanted.type} options={types} choose={set('type')} />
        <TextField
          label="Package"
          mono="yes"
          longest={512}
          placeholder="expat"
          value={wanted.name}
          change={set('name')}
        />
        <TextField
          label="Installed version"
          mono="yes"
          longest={512}
          placeholder="2.7.1-2"
          value={wanted.version}
          change={set('version')}
        />
      </div>
    </>
  );
}

function WhyFields({ wanted, set }: FieldsProps): ReactNode {
  return (
    <>
      <Choice label="Reason" value={wanted.reason} options={reasonChoices} choose={set('reason')} />
      <TextField
        label="Explanation"
        hint="For the approver and for auditors."
        lines={3}
        longest={2000}
        value={wanted.explanation}
        change={set('explanation')}
      />
      <UntilField day={wanted.until} choose={set('until')} />
      <div className="field" role="group" aria-label="Scope">
        Scope
        <ScopeField chosen={wanted.collections} choose={set('collections')} />
      </div>
    </>
  );
}

/** Milliseconds after the last key before the console is asked. */
const pause = 400;

function Reach({ wanted }: { readonly wanted: Wanted }): ReactNode {
  const body = bodyOf(wanted);
  const key = JSON.stringify([body.advisory, body.package, body.collections]);
  const [asked, setAsked] = useState(key);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(key), pause);
    return () => clearTimeout(timer);
  }, [key]);
  const complete = body.advisory !== '' && body.package.name !== '' && body.package.version !== '';
  const { data, isError } = useQuery({
    queryKey: [previewException.path, null, asked],
    queryFn: ({ signal }) => {
      const { advisory, package: component, collections } = body;
      return ask(
        previewException,
        { body: { advisory, package: component, ...(collections && { collections }) } },
        signal,
      );
    },
    enabled: complete && asked === key,
  });
  if (!complete) return null;
  const known = asked === key ? data : undefined;
  return (
    <p role="status" className="soft">
      {isError
        ? 'Unknown to how many images it would apply.'
        : known === undefined
          ? 'Counting images …'
          : `Would apply to ${counted(known.images, 'image')}.`}
    </p>
  );
}

function missingIn({ advisory, name, version, explanation, collections, until }: Wanted): string | undefined {
  if (advisory.trim() === '') return 'Enter an advisory.';
  if (name.trim() === '' || version.trim() === '') return 'Enter the package and its installed version.';
  if (explanation.trim() === '') return 'Enter an explanation.';
  if (collections?.length === 0) return 'Choose a scope.';
  return until === '' ? 'Choose an end.' : undefined;
}

function bodyOf({ advisory, type, name, version, collections }: Omit<Wanted, 'reason' | 'explanation' | 'until'>) {
  return {
    advisory: advisory.trim(),
    package: { type, name: name.trim(), version: version.trim() },
    ...(collections && { collections: [...collections] }),
  };
}

function useRequest(done: (exception: Exception) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Wanted) => {
      const { reason, explanation, until } = wanted;
      const why = { reason, explanation: explanation.trim(), expiresAt: endOf(until) };
      return ask(requestException, { body: { ...bodyOf(wanted), ...why } });
    },
    onSuccess: async ({ exception }) => {
      await queries.invalidateQueries({ queryKey: [listExceptions.path] });
      done(exception as Exception);
    },
  });
}
