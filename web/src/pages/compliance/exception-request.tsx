import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type CheckException, listCheckExceptions, requestCheckException } from '#compliance/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { useNow } from '../../ui/clock.ts';
import { Failure } from '../../ui/failure.tsx';
import { Choice, TextField } from '../../ui/fields.tsx';
import { counted } from '../../ui/format.ts';
import { State } from '../../ui/state-mark.tsx';
import { dayAfter, endOf } from '../policy/exception-words.ts';
import { ScopeField } from '../policy/scope-field.tsx';
import { UntilField, usualDays } from '../policy/until-field.tsx';
import { checkReasonChoices } from './exception-words.ts';

/** What somebody saw and wants to except. */
export interface Asked {
  readonly check: string;
  readonly values: readonly string[];
  /** Of the subject. */
  readonly name: string;
}

/** A button to request an exception of what was seen, and its form once it is pressed. */
export function RequestException({ asked }: { readonly asked: Asked }): ReactNode {
  const [step, setStep] = useState<'closed' | 'form' | CheckException>('closed');
  const me = useMe();
  const may = me?.permissions.includes('request-exceptions') === true;
  if (step === 'closed')
    return (
      <p>
        <button type="button" className="btn" disabled={!may} onClick={() => setStep('form')}>
          Request an exception…<span className="sr"> of {asked.check}</span>
        </button>{' '}
        {!may && me !== undefined && <span className="quiet">Your role may not request exceptions.</span>}
      </p>
    );
  if (step === 'form') return <RequestForm asked={asked} done={setStep} cancel={() => setStep('closed')} />;
  return (
    <p role="status">
      <State state="partly">Requested.</State> The finding counts until another person approves it; then the exception
      applies to {counted(step.appliesTo, 'subject')}.{' '}
      <Link to="/compliance/checks" search={{ view: 'exceptions', open: step.id }}>
        Open the request
      </Link>
    </p>
  );
}

interface FormProps {
  readonly asked: Asked;
  readonly done: (exception: CheckException) => void;
  readonly cancel: () => void;
}

/** Why, until when and where the values that were seen may stay. */
function RequestForm({ asked, done, cancel }: FormProps): ReactNode {
  const now = useNow();
  const [reason, setReason] = useState<CheckException['reason']>('mitigated');
  const [explanation, setExplanation] = useState('');
  const [until, setUntil] = useState(() => dayAfter(now, usualDays));
  const [reach, setReach] = useState<'one' | 'scope'>('one');
  const [collections, setCollections] = useState<readonly string[]>();
  const requesting = useRequest(done);
  const isReady = explanation.trim() !== '' && until !== '' && (reach === 'one' || collections?.length !== 0);
  return (
    <form
      className="form"
      aria-label={`Exception of ${asked.check}`}
      onSubmit={(event) => {
        event.preventDefault();
        const scope = reach === 'one' ? { name: asked.name } : collections && { collections: [...collections] };
        const body = { check: asked.check, values: [...asked.values], reason, explanation: explanation.trim() };
        requesting.mutate({ ...body, expiresAt: endOf(until), ...scope });
      }}
    >
      <p className="soft breakable">
        For <code>{asked.values.join(', ')}</code>. Any other value counts.
      </p>
      <Choice label="Reason" value={reason} options={checkReasonChoices} choose={setReason} />
      <TextField
        label="Explanation"
        hint="For the approver and for auditors."
        lines={3}
        longest={2000}
        value={explanation}
        change={setExplanation}
      />
      <UntilField day={until} choose={setUntil} />
      <Choice
        label="Applies to"
        value={reach}
        options={[
          ['one', `What is named ${asked.name}, of the image that it has now`],
          ['scope', 'Everything in a scope'],
        ]}
        choose={setReach}
      />
      {reach === 'scope' && <ScopeField chosen={collections} choose={setCollections} />}
      {requesting.isError && <Failure error={requesting.error} />}
      <div className="actions">
        <button type="submit" className="btn primary" disabled={!isReady || requesting.isPending}>
          Request
        </button>
        <button type="button" className="btn" onClick={cancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

type Wanted = NonNullable<NonNullable<Parameters<typeof ask<typeof requestCheckException>>[1]>['body']>;

function useRequest(done: (exception: CheckException) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Wanted) => ask(requestCheckException, { body }),
    onSuccess: async ({ exception }) => {
      await queries.invalidateQueries({ queryKey: [listCheckExceptions.path] });
      done(exception);
    },
  });
}
