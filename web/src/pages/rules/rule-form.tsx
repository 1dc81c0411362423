import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { RuleText, ScopedRule } from '#rules/contract.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Check, TextField } from '../../ui/fields.tsx';
import { idFor } from '../../app/id-for.ts';
import { ScopeField } from '../policy/scope-field.tsx';
import { ScopeWarning } from '../policy/scope-warning.tsx';
import type { OpenedRule } from './rules-page.tsx';
import type { TriedText } from './trial.tsx';

/** What the fields of a kind of rules show and write. */
export interface FieldsProps<Text> {
  readonly text: Text;
  readonly write: (changes: Partial<Text>) => void;
}

interface FormProps<Text extends RuleText> extends OpenedRule<Text & ScopedRule> {
  /** A new rule as it begins. */
  readonly beginning: Text;
  readonly save: (id: string, text: Text, basedOn: number) => Promise<unknown>;
  readonly remove: (id: string) => Promise<unknown>;
  /** What follows from deleting it. */
  readonly afterwards: string;
  /** Whether it lets start what others could keep from starting, so that its scope must not be anybody's to choose. */
  readonly letsThrough?: (text: Text) => boolean;
  /** What this kind rules. */
  readonly fields: (fields: FieldsProps<Text>) => ReactNode;
  readonly trial: (tried: TriedText<Text>) => ReactNode;
}

/** A rule to read or to edit, beside its replay. */
export function RuleForm<Text extends RuleText>(props: FormProps<Text>): ReactNode {
  const { saved, taken, last, changed, close, fields: Fields, trial: Trial } = props;
  const [text, setText] = useState<Text>(() => (saved === undefined ? props.beginning : textOf(saved)));
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const id = saved?.id ?? idFor(text.name, taken);
  const saving = useMutation({
    mutationFn: () => props.save(id, text, saved?.version ?? 0),
    onSuccess: () => {
      void changed();
      close();
    },
  });
  const write = (changes: Partial<Text> | Partial<RuleText>): void => setText((now) => ({ ...now, ...changes }));
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
                <span>Scope</span>
                <ScopeField chosen={text.collections} choose={(collections) => write({ collections })} />
                {props.letsThrough?.(text) === true && <ScopeWarning chosen={text.collections} />}
              </div>
            )}
            <Fields text={text} write={write} />
            {!last && (
              <Check checked={text.state === 'on'} change={(on) => write({ state: on ? 'on' : 'off' })}>
                Enabled
              </Check>
            )}
          </fieldset>
          {mayWrite && <Trial id={id} text={text} />}
          {saving.isError && <Failure error={saving.error} />}
          <div className="actions dialog-actions">
            {mayWrite && (
              <button type="submit" className="btn primary" disabled={saving.isPending || text.name.trim() === ''}>
                Save
              </button>
            )}
            <button type="button" className="btn" onClick={close}>
              {mayWrite ? 'Cancel' : 'Close'}
            </button>
            {mayWrite && saved !== undefined && !last && <Delete {...props} rule={saved} />}
          </div>
        </form>
      </div>
    </aside>
  );
}

/** The text of a saved rule, to edit. */
function textOf<Text extends RuleText>({ id: _id, version: _version, ...text }: Text & ScopedRule): Text {
  return text as unknown as Text;
}

interface DeleteProps {
  readonly rule: ScopedRule;
  readonly remove: (id: string) => Promise<unknown>;
  readonly afterwards: string;
  readonly changed: () => Promise<unknown>;
  readonly close: () => void;
}

function Delete({ rule, remove, afterwards, changed, close }: DeleteProps): ReactNode {
  const [asked, setAsked] = useState<Asked>();
  return (
    <>
      <button
        type="button"
        className="btn plain"
        onClick={() =>
          setAsked({
            title: `Delete ${rule.name}?`,
            consequence: afterwards,
            act: 'Delete',
            run: async () => {
              await remove(rule.id);
              await changed();
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
