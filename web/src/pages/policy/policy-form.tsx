import '@mantine/core/styles/UnstyledButton.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Menu.layer.css';
import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { type PolicyText, type Rule, ruleFaces } from '#policy/contract.ts';
import { type Problems, problemsBelow } from '../../ui/field-shape.ts';
import { Check, TextField } from '../../ui/fields.tsx';
import { Icon } from '../../ui/icon.tsx';
import { RuleCard } from './rule-card.tsx';
import { ScopeField } from './scope-field.tsx';
import { asksForProof } from './scope-trust.ts';
import { ScopeWarning } from './scope-warning.tsx';

interface FormProps {
  readonly text: PolicyText;
  readonly write: (text: PolicyText) => void;
  /** The last policy holds for everything and stays on. */
  readonly place: 'last' | 'any';
  readonly problems: Problems;
  /** What the console refused of it. */
  readonly refused: Problems;
}

/** The fields of a policy. */
export function PolicyForm({ text, write, place, problems, refused }: FormProps): ReactNode {
  return (
    <div className="policy-form">
      <NameFields text={text} write={write} problems={problems} />
      <section>
        <h2>Scope</h2>
        {place === 'last' ? (
          <p className="soft">
            Everything. This is the default policy: it evaluates what no policy above matches, and cannot be disabled.
          </p>
        ) : (
          <>
            <ScopeField chosen={text.collections} choose={(collections) => write(withScope(text, collections))} />
            {!asksForProof(text) && <ScopeWarning chosen={text.collections} />}
            <Check checked={text.state !== 'off'} change={(on) => write(withState(text, on ? 'on' : 'off'))}>
              Enabled
            </Check>
          </>
        )}
      </section>
      <Rules text={text} write={write} problems={problems} refused={refused} />
    </div>
  );
}

function NameFields({ text, write, problems }: Pick<FormProps, 'text' | 'write' | 'problems'>): ReactNode {
  return (
    <section>
      <TextField
        label="Name"
        value={text.name}
        longest={200}
        placeholder="Nothing critical in production"
        change={(name) => write({ ...text, name })}
      />
      <TextField
        label="Description"
        value={text.description ?? ''}
        longest={1000}
        placeholder="Purpose and contact"
        problem={problems.get('description')}
        change={(description) => write(withDescription(text, description))}
      />
    </section>
  );
}

function Rules({ text, write, problems, refused }: Omit<FormProps, 'place'>): ReactNode {
  const put = (rules: PolicyText['rules']): void => write({ ...text, rules });
  return (
    <section>
      <h2>Rules</h2>
      {text.rules.length === 0 && <p className="quiet">No rules: every image in scope passes.</p>}
      <ol className="rule-cards">
        {text.rules.map((rule, index) => (
          <RuleCard
            key={index}
            rule={rule}
            write={(next) => put(text.rules.with(index, next))}
            remove={() => put(text.rules.toSpliced(index, 1))}
            problems={problemsBelow(new Map([...refused, ...problems]), `rules.${index}`)}
          />
        ))}
      </ol>
      <AddRule add={(rule) => put([...text.rules, rule])} />
    </section>
  );
}

function AddRule({ add }: { readonly add: (rule: Rule) => void }): ReactNode {
  return (
    <Menu withInitialFocusPlaceholder={false} position="bottom-start" withinPortal={false}>
      <Menu.Target>
        <button type="button" className="btn">
          <Icon name="plus" />
          Add a rule
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {ruleFaces.map(({ name, about, beginning }) => (
          <Menu.Item key={name} onClick={() => add(beginning)}>
            <span className="strong">{name}</span> <span className="quiet">{about}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function withScope(
  { collections: _before, ...text }: PolicyText,
  collections: readonly string[] | undefined,
): PolicyText {
  return collections === undefined ? text : { ...text, collections };
}

function withState({ state: _before, ...text }: PolicyText, state: 'on' | 'off'): PolicyText {
  return state === 'on' ? text : { ...text, state };
}

function withDescription({ description: _before, ...text }: PolicyText, description: string): PolicyText {
  return description === '' ? text : { ...text, description };
}
