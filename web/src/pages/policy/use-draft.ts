import { useEffect, useState } from 'react';
import type { PolicyInPlace, PolicyText } from '#policy/contract.ts';
import { beginning, saysTheSame, textOfPolicy } from './draft.ts';

/** YAML as a person writes it, which may not be a policy yet. */
export interface YamlText {
  readonly text: string;
  readonly problems: readonly { readonly line?: number | undefined; readonly message: string }[];
  /** Whether the text that is edited says this. */
  readonly state: 'reading' | 'read' | 'refused';
}

/** A policy that is being edited. */
export interface Draft {
  /** The version that was edited; missing for a new policy. */
  readonly base: PolicyInPlace | undefined;
  readonly text: PolicyText;
  /** Whether it says something else than the version that was edited. */
  readonly changed: boolean;
  /** What another person saved since, while this one was changed. */
  readonly newer: PolicyInPlace | undefined;
  readonly yaml: YamlText | undefined;
  /** From the form: the YAML is written anew. */
  readonly write: (text: PolicyText) => void;
  readonly writeYaml: (yaml: YamlText | undefined, read?: PolicyText) => void;
  /** Goes on from another version with what was written. */
  readonly rebase: (base: PolicyInPlace) => void;
  /** Takes another version and drops what was written. */
  readonly adopt: (base: PolicyInPlace) => void;
}

export function useDraft(saved: PolicyInPlace | undefined): Draft {
  const [base, setBase] = useState(saved);
  const [text, setText] = useState(() => (saved === undefined ? beginning : textOfPolicy(saved.policy)));
  const [yaml, setYaml] = useState<YamlText>();
  const changed = !saysTheSame(text, base === undefined ? beginning : textOfPolicy(base.policy));
  const untouched = !changed && (yaml === undefined || yaml.state === 'read');
  const isNewer = saved !== undefined && saved.policy.version > (base?.policy.version ?? 0);
  const adopt = (next: PolicyInPlace): void => {
    setBase(next);
    setText(textOfPolicy(next.policy));
    setYaml(undefined);
  };
  useEffect(() => {
    if (isNewer && untouched) adopt(saved);
  });
  return {
    base,
    text,
    changed,
    newer: isNewer && !untouched ? saved : undefined,
    yaml,
    write: (next) => {
      setText(next);
      setYaml(undefined);
    },
    writeYaml: (next, read) => {
      setYaml(next);
      if (read !== undefined) setText(read);
    },
    rebase: setBase,
    adopt,
  };
}
