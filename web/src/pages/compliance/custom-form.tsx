import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { CustomCheckText, deleteCustomCheck, listChecks, putCustomCheck } from '#compliance/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { Failure } from '../../ui/failure.tsx';
import { mutable } from '../policy/use-replay.ts';
import { CustomFields } from './custom-fields.tsx';
import { CustomTrial, isTried, useTrial } from './custom-trial.tsx';
import { customIdFor, type CustomInPlace, customTextOf, meansOf, newCustomCheck } from './custom-words.ts';

interface FormProps {
  /** Missing: a new check. */
  readonly saved: CustomInPlace | undefined;
  readonly taken: readonly string[];
  /** Names of facts, by kind of subject. */
  readonly facts: Readonly<Record<string, readonly string[]>>;
  /** Reads the checks again. */
  readonly changed: () => Promise<unknown>;
  readonly close: () => void;
}

/** A check to read or to edit, beside what it says of what is reported now; it is saved after that was shown. */
export function CustomForm(props: FormProps): ReactNode {
  const { saved, taken, facts, close } = props;
  const [text, setText] = useState<CustomCheckText>(() =>
    saved === undefined ? newCustomCheck : customTextOf(saved.check),
  );
  const { permissions = [] } = useMe() ?? {};
  const mayScript = permissions.includes('administer');
  const means = meansOf(text);
  const mayWrite = permissions.includes('write-rules') && (mayScript || saved?.check.script === undefined);
  const id = saved?.check.id ?? customIdFor(text.title, taken);
  const trial = useTrial(text, mayWrite);
  const saving = useSaving(props, { id, text, basedOn: saved?.check.version ?? 0 });
  const isWhole = CustomCheckText.safeParse(text).success;
  return (
    <aside className="detail rule-form" aria-label={saved === undefined ? 'New check' : `Check ${saved.check.title}`}>
      <div className="detail-stick">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            saving.mutate();
          }}
        >
          <fieldset disabled={!mayWrite}>
            <CustomFields
              text={text}
              problem={trial.problem}
              facts={facts[text.subject] ?? []}
              mayScript={mayScript}
              write={setText}
            />
          </fieldset>
          <p className="small quiet">
            Its id is <span className="mono">{id}</span>. Lines of compliance rules name it by that.
          </p>
          {mayWrite && means === 'expression' && <CustomTrial trial={trial} />}
          {saving.isError && <Failure error={saving.error} />}
          <div className="actions dialog-actions">
            {mayWrite && (
              <button
                type="submit"
                className="btn primary"
                disabled={saving.isPending || !isWhole || (means === 'expression' && !isTried(trial))}
              >
                Save
              </button>
            )}
            <button type="button" className="btn" onClick={close}>
              {mayWrite ? 'Cancel' : 'Close'}
            </button>
            {mayWrite && saved !== undefined && <Delete {...props} saved={saved} />}
          </div>
        </form>
      </div>
    </aside>
  );
}

interface Saved {
  readonly id: string;
  readonly text: CustomCheckText;
  readonly basedOn: number;
}

function useSaving({ changed, close }: FormProps, { id, text, basedOn }: Saved) {
  const afterwards = useAfterwards(changed);
  return useMutation({
    mutationFn: () => ask(putCustomCheck, { params: { id }, body: { check: mutable(text), basedOn } }),
    onSuccess: async () => {
      await afterwards();
      close();
    },
    // Another version may have come in between: it is read again.
    onError: changed,
  });
}

/** The catalogue that other pages keep holds these checks too. */
function useAfterwards(changed: () => Promise<unknown>): () => Promise<unknown> {
  const queries = useQueryClient();
  return () => Promise.all([changed(), queries.invalidateQueries({ queryKey: [listChecks.path] })]);
}

function Delete({ saved, changed, close }: FormProps & { readonly saved: CustomInPlace }): ReactNode {
  const [asked, setAsked] = useState<Asked>();
  const afterwards = useAfterwards(changed);
  const { id, title } = saved.check;
  const question: Asked = {
    title: `Delete ${title}?`,
    consequence: 'Its results go with the next evaluation. Its versions stay in the audit trail.',
    act: 'Delete',
    run: async () => {
      await ask(deleteCustomCheck, { params: { id } });
      await afterwards();
      close();
    },
  };
  return (
    <>
      <button type="button" className="btn plain" onClick={() => setAsked(question)}>
        Delete…
      </button>
      <AskOnce asked={asked} close={() => setAsked(undefined)} />
    </>
  );
}
