import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/CloseButton.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Modal } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ReplyOf } from '#http/index.ts';
import {
  decideReview,
  type DecisionScope,
  getModel,
  getReviewQueue,
  getStops,
  previewReview,
  type ReviewCaution,
} from '#runtime/contract.ts';
import { ask } from '../../api.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Check, Choice, TextField } from '../../ui/fields.tsx';
import { counted, shortDigest } from '../../ui/format.ts';
import { useLast } from '../../ui/last.ts';
import { cautionWords } from './review-words.ts';

/** Entries about which a person is to decide. */
export interface ToDecide {
  readonly model: string;
  readonly decision: 'allow' | 'deny' | 'undo';
  /** Ids of entries. */
  readonly entries: readonly string[];
  /** What they are, in words: `6 entries of coreutils`. */
  readonly what: string;
}

const verbs = { allow: 'Allow', deny: 'Deny', undo: 'Revoke' } as const;

/** Shows first what a decision changes, asks for a word where something is never learned, and decides. */
export function DecideDialog(props: { readonly asked: ToDecide | undefined; readonly close: () => void }): ReactNode {
  const { asked, close } = props;
  const shown = useLast(asked);
  const title = shown === undefined ? '' : `${verbs[shown.decision]} ${shown.what}?`;
  return (
    <Modal
      opened={asked !== undefined}
      onClose={close}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': title } }}
      centered
      size="lg"
      transitionProps={{ duration: 120 }}
    >
      {shown !== undefined && <Form key={title} asked={shown} title={title} close={close} />}
    </Modal>
  );
}

interface FormProps {
  readonly asked: ToDecide;
  readonly title: string;
  readonly close: () => void;
}

type Preview = ReplyOf<typeof previewReview>;

function Form({ asked, title, close }: FormProps): ReactNode {
  const { entries, decision } = asked;
  const [word, setWord] = useState<Word>({ scope: 'digest', reason: '', accept: [] });
  const { preview, deciding, possible } = useDecision(asked, word, close);
  const found = preview.data;
  const isSaid = found?.cautions.every(({ caution }) => word.accept.includes(caution)) === true;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        deciding.mutate();
      }}
    >
      <h2 className="breakable">{title}</h2>
      {preview.isError && <Failure error={preview.error} />}
      {found === undefined && !preview.isError && (
        <p aria-busy="true">
          <Skeleton width={320} />
        </p>
      )}
      {found !== undefined && <Changes found={found} decision={decision} />}
      <Words
        word={word}
        write={(changes) => setWord((now) => ({ ...now, ...changes }))}
        cautions={found?.cautions ?? []}
        decision={decision}
      />
      {deciding.isError && <Failure error={deciding.error} />}
      <div className="actions dialog-actions">
        <button
          type="submit"
          className={decision === 'allow' ? 'btn danger' : 'btn primary'}
          disabled={deciding.isPending || !isSaid || possible.length === 0}
        >
          {verbs[decision]} {counted(found === undefined ? entries.length : possible.length, 'entry', 'entries')}
        </button>
        <button type="button" className="btn" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

/** What a person says besides the entries. */
interface Word {
  readonly scope: DecisionScope;
  readonly reason: string;
  readonly accept: readonly ReviewCaution[];
}

function useDecision({ model, decision, entries }: ToDecide, { scope, reason, accept }: Word, close: () => void) {
  const queries = useQueryClient();
  const body = { entries: [...entries], decision, scope, reason, accept: [...accept] };
  const preview = useQuery({
    queryKey: [previewReview.path, { id: model }, JSON.stringify([entries, decision, scope])],
    queryFn: ({ signal }) => ask(previewReview, { params: { id: model }, body }, signal),
    placeholderData: (before) => before,
  });
  const found = preview.data;
  const possible = found === undefined ? [] : entries.filter((id) => found.impossible.every((one) => one.id !== id));
  const deciding = useMutation({
    mutationFn: () => ask(decideReview, { params: { id: model }, body: { ...body, entries: possible } }),
    onSuccess: () => close(),
    onSettled: () =>
      Promise.all(
        [getModel, getReviewQueue, getStops].map(({ path }) => queries.invalidateQueries({ queryKey: [path] })),
      ),
  });
  return { preview, deciding, possible };
}

interface WordsProps {
  readonly word: Word;
  readonly write: (changes: Partial<Word>) => void;
  readonly cautions: Preview['cautions'];
  readonly decision: ToDecide['decision'];
}

function Words({ word, write, cautions, decision }: WordsProps): ReactNode {
  const { scope, reason, accept } = word;
  return (
    <>
      {cautions.map(({ caution, entries }) => (
        <p key={caution} className="caution">
          <Check
            checked={accept.includes(caution)}
            change={(on) => write({ accept: [...accept.filter((one) => one !== caution), ...(on ? [caution] : [])] })}
          >
            Allow {cautionWords(caution, entries)}
          </Check>
        </p>
      ))}
      {decision !== 'undo' && (
        <>
          <Choice<DecisionScope>
            label="Applies to"
            value={scope}
            options={[
              ['digest', 'this version of the image'],
              ['lineage', 'this version and later ones'],
            ]}
            choose={(chosen) => write({ scope: chosen })}
          />
          <TextField
            label="Reason, for the audit trail"
            value={reason}
            longest={1000}
            change={(text) => write({ reason: text })}
          />
        </>
      )}
    </>
  );
}

/** Changes that the dialog lists. */
const shown = 8;

function Changes({ found, decision }: { readonly found: Preview; readonly decision: ToDecide['decision'] }): ReactNode {
  const { changes, same, impossible, containers, versions } = found;
  return (
    <div aria-live="polite">
      <p className="soft">
        {counted(changes.length, 'entry', 'entries')} {changes.length === 1 ? 'changes' : 'change'}
        {same > 0 && `, ${counted(same, 'entry', 'entries')} ${same === 1 ? 'stays' : 'stay'} as it is`}, in{' '}
        {counted(containers, 'running container')}
        {versions.length > 0 &&
          ` and ${counted(versions.length, 'later version')}: ${versions
            .slice(0, 3)
            .map(({ digest }) => shortDigest(digest))
            .join(', ')}${versions.length > 3 ? ' …' : ''}`}
        . {consequences[decision]}
      </p>
      <ul className="small decided-changes" tabIndex={0} aria-label="Changes">
        {changes.slice(0, shown).map(({ id, entry, before, after }) => (
          <li key={id} className="breakable">
            <span className="mono">{entry}</span>{' '}
            <span className="quiet">
              {before} → {after}
            </span>
          </li>
        ))}
        {changes.length > shown && (
          <li className="quiet">{counted(changes.length - shown, 'entry', 'entries')} more</li>
        )}
      </ul>
      {impossible.length > 0 && (
        <p className="hatch small">
          {counted(impossible.length, 'entry', 'entries')} cannot be allowed and{' '}
          {impossible.length === 1 ? 'is' : 'are'} left out: {impossible.length === 1 ? 'it' : 'they'} could not be
          recognised again.
        </p>
      )}
    </div>
  );
}

const consequences = {
  allow: 'From then on it raises no alert and is not prevented. You can revoke this.',
  deny: 'From then on it raises an alert each time, and is prevented where the rule prevents. You can revoke this.',
  undo: 'The entries are again as learned, here and in every version that inherited the decision.',
} as const;
