import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type OperatorListInPlace, proposeOperatorList, putOperatorList } from '#compliance/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { Failure } from '../../ui/failure.tsx';
import { TextField } from '../../ui/fields.tsx';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { entriesIn, heldEntries, withProposed } from './list-words.ts';

interface FormProps {
  readonly list: OperatorListInPlace;
  /** Reads the lists again. */
  readonly changed: () => Promise<unknown>;
  readonly close: () => void;
}

/** What a list holds, to read or to edit; what is reported now can be proposed, and holds when it is saved. */
export function OperatorListForm({ list, changed, close }: FormProps): ReactNode {
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const [text, setText] = useState(() => (heldEntries(list) ?? []).join('\n'));
  const saving = useMutation({
    mutationFn: (entries: readonly string[] | undefined) =>
      ask(putOperatorList, {
        params: { id: list.id },
        body: { ...(entries && { entries: [...entries] }), basedOn: list.version },
      }),
    onSuccess: async () => {
      await changed();
      close();
    },
  });
  return (
    <aside className="detail rule-form" aria-label={`List ${list.title}`}>
      <div className="detail-stick">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            saving.mutate(entriesIn(text));
          }}
        >
          <h2>{list.title}</h2>
          <About list={list} />
          <fieldset disabled={!mayWrite}>
            <TextField
              label="Entries, one on each line"
              hint={list.entry}
              lines={10}
              mono="yes"
              value={text}
              change={setText}
            />
            {mayWrite && <Proposal list={list} take={(values) => setText((now) => withProposed(now, values))} />}
          </fieldset>
          <p className="small quiet">When it is saved, its checks judge everything again.</p>
          {saving.isError && <Failure error={saving.error} />}
          <div className="actions dialog-actions">
            {mayWrite && (
              <button type="submit" className="btn primary" disabled={saving.isPending}>
                Save {counted(entriesIn(text).length, 'entry', 'entries')}
              </button>
            )}
            <button type="button" className="btn" onClick={close}>
              {mayWrite ? 'Cancel' : 'Close'}
            </button>
            {mayWrite && list.saved?.entries !== undefined && (
              <button type="button" className="btn plain" onClick={() => saving.mutate(undefined)}>
                {list.shipped === undefined ? 'Unset it' : 'Back to what is shipped'}
              </button>
            )}
          </div>
        </form>
      </div>
    </aside>
  );
}

function About({ list }: Pick<FormProps, 'list'>): ReactNode {
  const { checks, saved, version, shipped } = list;
  return (
    <div className="small soft">
      <p>For these checks:</p>
      <ul>
        {checks.map(({ id, title }) => (
          <li key={id}>
            <Link to="/compliance/checks" search={{ check: id }}>
              {title}
            </Link>{' '}
            <span className="quiet mono">{id}</span>
          </li>
        ))}
      </ul>
      <p className="quiet breakable">
        {shipped === undefined
          ? 'Nothing is shipped.'
          : `Shipped: ${shipped.length === 0 ? 'nothing is allowed' : shipped.join(', ')}.`}
      </p>
      {saved !== undefined && (
        <p className="quiet">
          Version {count(version)}, saved by {saved.by} <When moment={saved.at} />.
        </p>
      )}
    </div>
  );
}

interface ProposalProps {
  readonly list: OperatorListInPlace;
  readonly take: (values: readonly string[]) => void;
}

function Proposal({ list, take }: ProposalProps): ReactNode {
  const asking = useMutation({ mutationFn: () => ask(proposeOperatorList, { params: { id: list.id } }) });
  return (
    <section className="replay" aria-live="polite">
      <button type="button" className="btn" disabled={asking.isPending} onClick={() => asking.mutate()}>
        Take what is seen now
      </button>
      {asking.isError && <Failure error={asking.error} />}
      {asking.data !== undefined && <Proposed proposal={asking.data} take={take} />}
    </section>
  );
}

interface ProposedProps extends Pick<ProposalProps, 'take'> {
  readonly proposal: Awaited<ReturnType<typeof ask<typeof proposeOperatorList>>>;
}

function Proposed({ proposal: { values, judged, facts }, take }: ProposedProps): ReactNode {
  const from = judged === facts ? '' : ` Of ${count(facts)} sets of facts, ${count(judged)} were looked at.`;
  if (values.length === 0) {
    return (
      <p className="small soft">
        {facts === 0
          ? 'Nothing of this kind is reported, so there is nothing to take.'
          : 'Its checks find nothing that one more entry would settle.'}
        {from}
      </p>
    );
  }
  return (
    <>
      <p className="small">
        A proposal: with {counted(values.length, 'more entry', 'more entries')} its checks find nothing of what is there
        now. Look at each before you approve it.{from}
      </p>
      <ul className="small">
        {values.map(({ value, subjects }) => (
          <li key={value} className="breakable">
            <code>{value}</code> <span className="quiet">of {counted(subjects, 'subject')}</span>{' '}
            <button type="button" className="btn plain" aria-label={`Add ${value}`} onClick={() => take([value])}>
              Add
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="btn plain" onClick={() => take(values.map(({ value }) => value))}>
        Add all of them
      </button>
    </>
  );
}
