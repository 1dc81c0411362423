import { type PackageType, packageTypes } from '#ecosystems/contract.ts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useState } from 'react';
import { type Exception, listExceptions, requestException } from '#policy/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { useNow } from '../../ui/clock.ts';
import { Failure } from '../../ui/failure.tsx';
import { Choice, TextField } from '../../ui/fields.tsx';
import { date } from '../../ui/format.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { inDays, reasonChoices } from './exception-words.ts';
import { ScopeField } from './scope-field.tsx';
import './exceptions-page.css';

const route = getRouteApi('/inside/exceptions/new');
const types = packageTypes.map((type) => [type, type] as const);
const spans = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['180', '180 days'],
  ['365', 'a year'],
] as const;

/** Asks for an exception; a finding's page fills in what it is about. */
export function AskExceptionPage(): ReactNode {
  const me = useMe();
  const mayAsk = me?.permissions.includes('request-exceptions');
  return (
    <>
      <PageHead
        title="Ask for an exception"
        crumbs={
          <>
            <Link to="/exceptions">Exceptions</Link> / <span>new</span>
          </>
        }
        verdict="Ask that a finding does not count."
        reason="Another person decides it. It holds for one advisory in one package at one version, and ends by itself."
      />
      <section className="section">
        {mayAsk === false ? (
          <p className="quiet">Your role, {me?.role}, reads exceptions and does not ask for them.</p>
        ) : (
          <AskForm />
        )}
      </section>
    </>
  );
}

interface Wanted {
  readonly advisory: string;
  readonly type: PackageType;
  readonly name: string;
  readonly version: string;
  readonly collections: readonly string[] | undefined;
  readonly reason: Exception['reason'];
  readonly explanation: string;
  readonly days: (typeof spans)[number][0];
}

function AskForm(): ReactNode {
  const search = route.useSearch();
  const [wanted, setWanted] = useState<Wanted>({
    advisory: search.advisory ?? '',
    type: packageTypes.find((type) => type === search.type) ?? 'deb',
    name: search.package ?? '',
    version: search.version ?? '',
    collections: undefined,
    reason: 'risk-accepted',
    explanation: '',
    days: '30',
  });
  const asking = useAsking();
  const set: Setter = (field) => (value) => setWanted((before) => ({ ...before, [field]: value }));
  const missing = missingIn(wanted);
  return (
    <form
      className="form ask-form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        asking.mutate(wanted);
      }}
    >
      <WhatFields wanted={wanted} set={set} />
      <WhyFields wanted={wanted} set={set} />
      {asking.isError && <Failure error={asking.error} />}
      <div className="actions">
        <button
          type="submit"
          className="btn primary"
          aria-describedby="missing"
          disabled={missing !== undefined || asking.isPending}
        >
          Ask for it
        </button>
        <Link className="btn" to="/exceptions">
          Cancel
        </Link>
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
        <Choice label="Kind" value={wanted.type} options={types} choose={set('type')} />
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
  const now = useNow();
  return (
    <>
      <Choice label="Reason" value={wanted.reason} options={reasonChoices} choose={set('reason')} />
      <TextField
        label="Explanation"
        lines={4}
        longest={2000}
        placeholder="What makes it harmless, until what is done"
        value={wanted.explanation}
        change={set('explanation')}
      />
      <Choice
        label={`Until ${date(inDays(Number(wanted.days), now))}`}
        value={wanted.days}
        options={spans}
        choose={set('days')}
      />
      <div className="field" role="group" aria-label="Where it holds">
        Where it holds
        <ScopeField chosen={wanted.collections} choose={set('collections')} />
      </div>
    </>
  );
}

function missingIn({ advisory, name, version, explanation, collections }: Wanted): string | undefined {
  if (advisory.trim() === '') return 'Name the advisory.';
  if (name.trim() === '' || version.trim() === '') return 'Name the package and its installed version.';
  if (explanation.trim() === '') return 'Explain why it shall not count.';
  if (collections?.length === 0) return 'Choose where it holds.';
  return undefined;
}

function useAsking() {
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  return useMutation({
    mutationFn: ({ advisory, type, name, version, collections, reason, explanation, days }: Wanted) =>
      ask(requestException, {
        body: {
          advisory: advisory.trim(),
          package: { type, name: name.trim(), version: version.trim() },
          reason,
          explanation: explanation.trim(),
          expiresAt: inDays(Number(days), new Date()),
          ...(collections && { collections: [...collections] }),
        },
      }),
    onSuccess: async ({ exception }) => {
      await queries.invalidateQueries({ queryKey: [listExceptions.path] });
      await navigate({ to: '/exceptions', search: { exception: exception.id } });
    },
  });
}
