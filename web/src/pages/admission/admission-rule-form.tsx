import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  type AdmissionRule,
  type AdmissionRuleText,
  deleteAdmissionRule,
  listAdmissionRules,
  putAdmissionRule,
} from '#admission/contract.ts';
import { ask } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Check, Choice, NumberField, TextField } from '../../ui/fields.tsx';
import { ScopeField } from '../policy/scope-field.tsx';
import { mutable } from '../policy/use-replay.ts';
import { idForRule } from '../runtime/rule-words.ts';
import { AdmissionReplay } from './admission-replay.tsx';
import { beginning, effectOptions, textOfRule } from './rule-words.ts';
import { SettingsFields } from './settings-fields.tsx';

interface FormProps {
  /** Missing: a new rule. */
  readonly saved: AdmissionRule | undefined;
  readonly taken: readonly string[];
  /** The last rule holds for everything and stays. */
  readonly last: boolean;
  readonly close: () => void;
}

type Write = (changes: Partial<AdmissionRuleText>) => void;

/** A rule to read or to change, beside what it would make of what lies on hosts now. */
export function AdmissionRuleForm({ saved, taken, last, close }: FormProps): ReactNode {
  const [text, setText] = useState<AdmissionRuleText>(() => (saved === undefined ? beginning : textOfRule(saved)));
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const queries = useQueryClient();
  const id = saved?.id ?? idForRule(text.name, taken);
  const saving = useMutation({
    mutationFn: () =>
      ask(putAdmissionRule, { params: { id }, body: { rule: mutable(text), basedOn: saved?.version ?? 0 } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: [listAdmissionRules.path] });
      close();
    },
  });
  const write: Write = (changes) => setText((now) => ({ ...now, ...changes }));
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
            {!last && <Scope text={text} write={write} />}
            <Verdicts text={text} write={write} />
            <SettingsFields settings={text.settings} change={(settings) => write({ settings: [...settings] })} />
            <Rest text={text} write={write} />
            {!last && (
              <Check checked={text.state === 'on'} change={(on) => write({ state: on ? 'on' : 'off' })}>
                On
              </Check>
            )}
          </fieldset>
          <AdmissionReplay id={id} text={text} />
          {saving.isError && <Failure error={saving.error} />}
          <FormActions saved={saved} last={last} savable={!saving.isPending && text.name.trim() !== ''} close={close} />
        </form>
      </div>
    </aside>
  );
}

interface PartProps {
  readonly text: AdmissionRuleText;
  readonly write: Write;
}

function Scope({ text, write }: PartProps): ReactNode {
  return (
    <div className="field">
      <span>Holds for</span>
      <ScopeField
        chosen={text.collections}
        choose={(collections) => write({ collections: collections === undefined ? undefined : [...collections] })}
      />
    </div>
  );
}

function Verdicts({ text, write }: PartProps): ReactNode {
  return (
    <>
      <Choice
        label="Images that fail their policy where they start"
        value={text.fail}
        options={effectOptions}
        choose={(fail) => write({ fail })}
      />
      <Choice
        label="Images that cannot be judged: their scan is incomplete, or feeds are stale"
        value={text.cannotJudge}
        options={effectOptions}
        choose={(cannotJudge) => write({ cannotJudge })}
      />
      <Choice
        label="Images that nobody knows"
        value={text.unknown}
        options={effectOptions}
        choose={(unknown) => write({ unknown })}
      />
      <NumberField
        label="Seconds that such a start is held while its image is scanned"
        value={text.holdSeconds}
        change={(holdSeconds) => write({ holdSeconds: Math.min(120, Math.max(0, Math.round(holdSeconds ?? 0))) })}
      />
    </>
  );
}

function Rest({ text, write }: PartProps): ReactNode {
  return (
    <>
      <Choice
        label="While the agent does not answer in time, settings are not judged: such a start"
        value={text.agentAway}
        options={[
          ['allow', 'goes on'],
          ['deny', 'is refused'],
        ]}
        choose={(agentAway) => write({ agentAway })}
      />
      <Choice
        label="Steps of image builds"
        value={text.builds}
        options={[
          ['allow', 'run'],
          ['approved-base', 'run on approved bases'],
          ['deny', 'are refused'],
        ]}
        choose={(builds) => write({ builds })}
      />
      <Choice
        label="Containers that run although they were not admitted, or no longer pass"
        value={text.rogue}
        options={[
          ['ignore', 'run on'],
          ['alert', 'run on and are told of'],
          ['stop', 'are stopped'],
        ]}
        choose={(rogue) => write({ rogue })}
      />
    </>
  );
}

interface ActionsProps {
  readonly saved: AdmissionRule | undefined;
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

function Delete({ rule, close }: { readonly rule: AdmissionRule; readonly close: () => void }): ReactNode {
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
            consequence: 'What it holds for goes to the next rule that holds it, within a second on every host.',
            act: 'Delete',
            run: async () => {
              await ask(deleteAdmissionRule, { params: { id: rule.id } });
              await queries.invalidateQueries({ queryKey: [listAdmissionRules.path] });
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
