import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { FieldText, FieldTexts, RuleText, ScopedRule } from '#rules/contract.ts';
import { useMe } from '../../app/session.ts';
import { AskOnce, type Asked } from '../../ui/ask-once.tsx';
import { Failure } from '../../ui/failure.tsx';
import { type Problems, problemsOf, type Settings, shapeOf, textAt } from '../../ui/field-shape.ts';
import { Check, TextField } from '../../ui/fields.tsx';
import { type Controls, SettingFields } from '../../ui/setting-fields.tsx';
import { idFor } from '../../app/id-for.ts';
import { ScopeField } from '../policy/scope-field.tsx';
import { ScopeWarning } from '../policy/scope-warning.tsx';
import { CameBetween } from './came-between.tsx';
import type { OpenedRule } from './rules-page.tsx';
import { type TriedText, useTried } from './trial.tsx';

/** Of a kind of rules, as its contract declares it. */
interface Schema {
  toJSONSchema: Parameters<typeof shapeOf>[0]['toJSONSchema'];
  safeParse(text: unknown): { readonly error?: { readonly issues: Parameters<typeof problemsOf>[0] } | undefined };
}

/** What a text that is saved was based on: a version, and what its replay said when there was an answer. */
interface SavedOn<Reply> {
  readonly basedOn: number;
  readonly tried: Reply | undefined;
}

interface FormProps<Text extends RuleText, Reply> extends OpenedRule<Text & ScopedRule> {
  /** A new rule as it begins. */
  readonly beginning: Text;
  readonly save: (id: string, text: Text, on: SavedOn<Reply>) => Promise<unknown>;
  /** Of the endpoint that tries it. With `must-be-read` it is saved only with what it was answered. */
  readonly tries: string;
  readonly replay?: 'must-be-read';
  readonly remove: (id: string) => Promise<unknown>;
  /** What follows from deleting it. */
  readonly afterwards: string;
  /** Whether it lets start what others could keep from starting, so that its scope must not be anybody's to choose. */
  readonly letsThrough?: (text: Text) => boolean;
  readonly schema: Schema;
  /** Of what this kind rules, beside what every rule has. */
  readonly texts: FieldTexts;
  /** Of fields that a control of the page draws. */
  readonly textWithin?: (text: Text, path: readonly PropertyKey[]) => FieldText | undefined;
  readonly controls?: Controls;
  readonly trial: (tried: TriedText<Text>) => ReactNode;
}

/** A rule to read or to edit, beside its replay. */
export function RuleForm<Text extends RuleText, Reply = unknown>(props: FormProps<Text, Reply>): ReactNode {
  const { saved, taken, last, trial: Trial } = props;
  const [base, setBase] = useState(saved);
  const [text, setText] = useState<Text>(() => (saved === undefined ? props.beginning : textOf(saved)));
  const mayWrite = useMe()?.permissions.includes('write-rules') === true;
  const id = base?.id ?? idFor(text.name, taken);
  const tried = useTried<Reply>(props.tries, { id, text });
  const saving = useSaving(props, { id, text, on: { basedOn: base?.version ?? 0, tried } });
  const problems = problemsIn(props, text);
  const waits = props.replay === 'must-be-read' && tried === undefined;
  const newer = base !== undefined && saved !== undefined && saved.version !== base.version ? saved : undefined;
  const write = (changes: Partial<Text> | Partial<RuleText>): void => setText((now) => ({ ...now, ...changes }));
  return (
    <aside className="detail rule-form" aria-label={base === undefined ? 'New rule' : `Rule ${base.name}`}>
      <div className="detail-stick">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            saving.mutate();
          }}
        >
          {mayWrite && base !== undefined && newer !== undefined && (
            <CameBetween
              base={base}
              newer={newer}
              adopt={() => {
                setText(textOf(newer));
                setBase(newer);
                saving.reset();
              }}
              overwrite={() => {
                setBase(newer);
                saving.reset();
              }}
            />
          )}
          <fieldset disabled={!mayWrite}>
            <TextField label="Name" value={text.name} longest={200} change={(name) => write({ name })} />
            {!last && <Scope {...props} text={text} choose={(collections) => write({ collections })} />}
            <Settled {...props} text={text} write={setText} problems={problems} />
            {!last && (
              <Check checked={text.state === 'on'} change={(on) => write({ state: on ? 'on' : 'off' })}>
                Enabled
              </Check>
            )}
          </fieldset>
          {mayWrite && problems.size === 0 && <Trial id={id} text={text} />}
          {saving.isError && newer === undefined && <Failure error={saving.error} />}
          <Actions
            {...props}
            mayWrite={mayWrite}
            isReady={
              !saving.isPending && problems.size === 0 && text.name.trim() !== '' && !waits && newer === undefined
            }
          />
        </form>
      </div>
    </aside>
  );
}

interface ScopeProps<Text extends RuleText> {
  readonly text: Text;
  readonly letsThrough?: (text: Text) => boolean;
  readonly choose: (collections: RuleText['collections']) => void;
}

function Scope<Text extends RuleText>({ text, letsThrough, choose }: ScopeProps<Text>): ReactNode {
  return (
    <div className="field">
      <span>Scope</span>
      <ScopeField chosen={text.collections} choose={choose} />
      {letsThrough?.(text) === true && <ScopeWarning chosen={text.collections} />}
    </div>
  );
}

interface Saved<Text, Reply> {
  readonly id: string;
  readonly text: Text;
  readonly on: SavedOn<Reply>;
}

function useSaving<Text extends RuleText, Reply>(
  { save, tries, changed, close }: FormProps<Text, Reply>,
  { id, text, on }: Saved<Text, Reply>,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => save(id, text, on),
    onSuccess: () => {
      void changed();
      close();
    },
    // Another version came in between, or its replay says something else by now: both are read again.
    onError: () => Promise.all([changed(), queries.invalidateQueries({ queryKey: [tries, id] })]),
  });
}

interface SettledProps<Text> extends Pick<FormProps<Text & RuleText, unknown>, 'schema' | 'texts' | 'controls'> {
  readonly text: Text;
  readonly write: (text: Text) => void;
  readonly problems: Problems;
}

/** The fields of what this kind rules. */
function Settled<Text>({ schema, texts, controls = {}, text, write, problems }: SettledProps<Text>): ReactNode {
  return (
    <SettingFields
      shape={shapeOf(schema)}
      texts={texts}
      settings={text as unknown as Settings}
      write={(settings) => write(settings as unknown as Text)}
      problems={problems}
      controls={controls}
    />
  );
}

function problemsIn<Text extends RuleText>(
  { schema, texts, textWithin }: Pick<FormProps<Text, unknown>, 'schema' | 'texts' | 'textWithin'>,
  text: Text,
): Problems {
  const { error } = schema.safeParse(text);
  return problemsOf(error?.issues ?? [], (path) => textWithin?.(text, path) ?? textAt(texts, path));
}

/** The text of a saved rule, to edit. */
function textOf<Text extends RuleText>({ id: _id, version: _version, ...text }: Text & ScopedRule): Text {
  return text as unknown as Text;
}

interface ActionsProps extends Omit<DeleteProps, 'rule'> {
  readonly saved: ScopedRule | undefined;
  readonly last: boolean;
  readonly mayWrite: boolean;
  readonly isReady: boolean;
}

function Actions({ saved, last, mayWrite, isReady, ...props }: ActionsProps): ReactNode {
  return (
    <div className="actions dialog-actions">
      {mayWrite && (
        <button type="submit" className="btn primary" disabled={!isReady}>
          Save
        </button>
      )}
      <button type="button" className="btn" onClick={props.close}>
        {mayWrite ? 'Cancel' : 'Close'}
      </button>
      {mayWrite && saved !== undefined && !last && <Delete {...props} rule={saved} />}
    </div>
  );
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
