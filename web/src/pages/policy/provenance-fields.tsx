import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Rule } from '#policy/contract.ts';
import { getTrust } from '#provenance/contract.ts';
import { reading } from '../../api.ts';
import { Check, Choice, TextField } from '../../ui/fields.tsx';
import type { Problems } from './draft.ts';

type ProvenanceRule = Extract<Rule, { readonly kind: 'trusted-source' | 'signature' | 'approved-base' }>;

interface Props {
  readonly rule: ProvenanceRule;
  readonly write: (rule: ProvenanceRule) => void;
  readonly problems: Problems;
}

const unknowns = [
  ['block', 'block: it fails'],
  ['cannot-judge', 'give no verdict'],
  ['alert', 'alert: it is shown and passes'],
] as const;
const needs = [
  ['any', 'any of these keys'],
  ['all', 'all of these keys'],
] as const;

/** Where an image has to come from, who has to have signed it, or what it has to be built on. */
export function ProvenanceFields({ rule, write, problems }: Props): ReactNode {
  return (
    <>
      <Choice
        label="Not known"
        value={rule.unknown}
        options={unknowns}
        choose={(unknown) => write({ ...rule, unknown })}
      />
      <Asked rule={rule} write={write} problems={problems} />
    </>
  );
}

function Asked({ rule, write, problems }: Props): ReactNode {
  const trust = useQuery(reading(getTrust)).data;
  switch (rule.kind) {
    case 'trusted-source': {
      const { from: _, ...anyRegistry } = rule;
      return (
        <TextField
          label="From (one per line; leave empty for any trusted registry)"
          mono="yes"
          lines={3}
          placeholder="registry.example/team"
          value={(rule.from ?? []).join('\n')}
          problem={problemBelow(problems, 'from')}
          change={(text) => write(text === '' ? anyRegistry : { ...rule, from: text.split('\n') })}
        />
      );
    }
    case 'signature':
      return (
        <>
          <Choice label="Signed by" value={rule.need} options={needs} choose={(need) => write({ ...rule, need })} />
          <Named
            what="Signing keys"
            all={trust?.keys}
            chosen={rule.keys}
            choose={(keys) => write({ ...rule, keys: [...keys] })}
            problem={problemBelow(problems, 'keys')}
          />
        </>
      );
    case 'approved-base':
      return (
        <Named
          what="Approved bases"
          all={trust?.bases}
          chosen={rule.bases}
          choose={(bases) => write({ ...rule, bases: [...bases] })}
          problem={problemBelow(problems, 'bases')}
        />
      );
    default:
      return rule satisfies never;
  }
}

interface NamedProps {
  readonly what: string;
  readonly all: readonly { readonly id: string; readonly name: string }[] | undefined;
  readonly chosen: readonly string[];
  readonly choose: (chosen: readonly string[]) => void;
  readonly problem: string | undefined;
}

/** Those that exist, and those that the rule names although they do not. */
function Named({ what, all, chosen, choose, problem }: NamedProps): ReactNode {
  const missing = chosen.filter((id) => all?.every((one) => one.id !== id) === true);
  const shown = [...(all ?? []), ...missing.map((id) => ({ id, name: `${id} (does not exist)` }))];
  return (
    <fieldset className="field named">
      <legend>{what}</legend>
      <div className="checks-row">
        {shown.map(({ id, name }) => (
          <Check
            key={id}
            checked={chosen.includes(id)}
            change={(checked) => choose(checked ? [...chosen, id] : chosen.filter((one) => one !== id))}
          >
            {name}
          </Check>
        ))}
      </div>
      {all?.length === 0 && (
        <p className="quiet small">
          There are none yet: <Link to="/trust">Trust</Link> holds them.
        </p>
      )}
      {problem !== undefined && <span className="problem hint">{problem}</span>}
    </fieldset>
  );
}

function problemBelow(problems: Problems, field: string): string | undefined {
  const [, message] = [...problems].find(([path]) => path === field || path.startsWith(`${field}.`)) ?? [];
  return message;
}
