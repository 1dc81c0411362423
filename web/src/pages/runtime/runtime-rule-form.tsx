import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  deleteRuntimeRule,
  listRuntimeRules,
  putRuntimeRule,
  replayRuntimeRule,
  type RuntimeRule,
  type RuntimeRuleText,
} from '#runtime/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Check, Choice, TextField, wordsIn } from '../../ui/fields.tsx';
import { counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { ScopeField } from '../policy/scope-field.tsx';
import { mutable } from '../policy/use-replay.ts';
import { beginning, effectOptions, idForRule, textOfRule } from './rule-words.ts';

interface FormProps {
  /** Missing: a new rule. */
  readonly saved: RuntimeRule | undefined;
  readonly taken: readonly string[];
  /** The last rule holds for everything and stays. */
  readonly last: boolean;
  readonly close: () => void;
}

/** A rule to read or to change, beside what it would have done. */
export function RuntimeRuleForm({ saved, taken, last, close }: FormProps): ReactNode {
  const [text, setText] = useState<RuntimeRuleText>(() => (saved === undefined ? beginning : textOfRule(saved)));
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const queries = useQueryClient();
  const id = saved?.id ?? idForRule(text.name, taken);
  const saving = useMutation({
    mutationFn: () =>
      ask(putRuntimeRule, { params: { id }, body: { rule: mutable(text), basedOn: saved?.version ?? 0 } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: [listRuntimeRules.path] });
      close();
    },
  });
  const write = (changes: Partial<RuntimeRuleText>): void => setText((now) => ({ ...now, ...changes }));
  return (
    <aside className="detail rule-form" aria-label={saved === undefined ? 'New rule' : `Rule ${saved.name}`}>
      <div className="detail-stick">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            saving.mutate();
          }}
        >
          <fieldset disabled={!mayWrite}>
            <TextField label="Name" value={text.name} longest={200} change={(name) => write({ name })} />
            {!last && (
              <div className="field">
                <span>Holds for</span>
                <ScopeField
                  chosen={text.collections}
                  choose={(collections) =>
                    write({ collections: collections === undefined ? undefined : [...collections] })
                  }
                />
              </div>
            )}
            <Effects text={text} write={write} />
            <TextField
              label="Programs that are never learned, besides the built-in list"
              value={text.neverLearn.join(' ')}
              change={(words) => write({ neverLearn: [...(wordsIn(words) ?? [])] })}
            />
            {!last && (
              <Check checked={text.state === 'on'} change={(on) => write({ state: on ? 'on' : 'off' })}>
                On
              </Check>
            )}
          </fieldset>
          <Replay id={id} text={text} />
          {saving.isError && <Failure error={saving.error} />}
          <FormActions saved={saved} last={last} savable={!saving.isPending && text.name.trim() !== ''} close={close} />
        </form>
      </div>
    </aside>
  );
}

interface ActionsProps {
  readonly saved: RuntimeRule | undefined;
  readonly last: boolean;
  readonly savable: boolean;
  readonly close: () => void;
}

function FormActions({ saved, last, savable, close }: ActionsProps): ReactNode {
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  return (
    <div className="actions dialog-actions">
      {mayWrite && (
        <button type="submit" className="btn primary" disabled={!savable}>
          Save
        </button>
      )}
      <button type="button" className="btn" onClick={close}>
        {mayWrite ? 'Leave it' : 'Close'}
      </button>
      {mayWrite && saved !== undefined && !last && <Delete rule={saved} close={close} />}
    </div>
  );
}

interface EffectsProps {
  readonly text: RuntimeRuleText;
  readonly write: (changes: Partial<RuntimeRuleText>) => void;
}

function Effects({ text, write }: EffectsProps): ReactNode {
  return (
    <>
      <Choice
        label="Programs that are not the image's, or changed"
        value={text.drift}
        options={effectOptions}
        choose={(drift) => write({ drift })}
      />
      <Choice
        label="New or changed code files: jars, JSPs, scripts, libraries"
        value={text.code}
        options={effectOptions}
        choose={(code) => write({ code })}
      />
      <Choice
        label="Programs that the model lacks"
        value={text.process}
        options={effectOptions}
        choose={(process) => write({ process })}
      />
      <Choice
        label="Prevent what the model lacks"
        value={text.preventFrom}
        options={[
          ['protect-ready', 'once the evidence suffices'],
          ['active', 'as soon as the model is active'],
        ]}
        choose={(preventFrom) => write({ preventFrom })}
      />
      <Choice
        label="Sessions of docker exec"
        value={text.execSessions}
        options={[
          ['record', 'are recorded'],
          ['judge', 'are judged by the model'],
        ]}
        choose={(execSessions) => write({ execSessions })}
      />
    </>
  );
}

/** What the rule would have done in the last 14 days, as it is written now. */
function Replay({ id, text }: { readonly id: string; readonly text: RuntimeRuleText }): ReactNode {
  const { data, error } = useQuery({
    queryKey: [replayRuntimeRule.path, id, JSON.stringify(text)],
    queryFn: ({ signal }) =>
      ask(replayRuntimeRule, { body: { rule: mutable({ ...text, name: text.name || 'new' }), id } }, signal),
    placeholderData: (before) => before,
  });
  return (
    <section className="replay" aria-live="polite">
      <h3>In the last 14 days it would have</h3>
      {error !== null && <Failure error={error} />}
      {data !== undefined && (
        <>
          <p>
            stopped <b>{data.stopped}</b>, told <b>{data.alerted}</b>, ignored <b>{data.ignored}</b>, in what{' '}
            {counted(data.containers, 'running container')} and those before them did.
          </p>
          <ul className="small soft">
            {data.examples.slice(0, 5).map(({ id: key, time, message, was, would }) => (
              <li key={key} className="breakable">
                <When moment={time} /> {message}{' '}
                <span className="quiet">{was === would ? was : `${was}, now ${would}`}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Delete({ rule, close }: { readonly rule: RuntimeRule; readonly close: () => void }): ReactNode {
  const [asked, setAsked] = useState<Asked>();
  const queries = useQueryClient();
  return (
    <>
      <button
        type="button"
        className="btn plain"
        onClick={() =>
          setAsked({
            title: `Delete ${rule.name}?`,
            consequence: 'Containers that it holds for go to the next rule that holds them.',
            act: 'Delete',
            run: async () => {
              await ask(deleteRuntimeRule, { params: { id: rule.id } });
              await queries.invalidateQueries({ queryKey: [listRuntimeRules.path] });
              close();
            },
          })
        }
      >
        Delete…
      </button>
      <AskOnce asked={asked} close={() => setAsked(undefined)} />
    </>
  );
}
