import { packageTypes } from '#ecosystems/contract.ts';
import type { ReactNode } from 'react';
import type { Rule } from '#policy/contract.ts';
import { Choice, TextField } from '../../ui/fields.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Problems } from './draft.ts';

type PackageRule = Extract<Rule, { readonly kind: 'package' }>;
type Denied = PackageRule['deny'][number];

interface Props {
  readonly rule: PackageRule;
  readonly write: (rule: PackageRule) => void;
  readonly problems: Problems;
}

/** Kinds to choose from; a rule may name one that this version does not know. */
function typesFor({ type }: Denied): readonly (readonly [string, string])[] {
  const known = new Set([...packageTypes, ...(type === undefined ? [] : [type])]);
  return [[anyType, 'any kind'], ...[...known].map((each) => [each, each] as const)];
}

const anyType = '';

/** Packages that must not be there. */
export function PackageFields({ rule, write, problems }: Props): ReactNode {
  const put = (deny: readonly Denied[]): void => write({ ...rule, deny });
  return (
    <div className="denied">
      <ul>
        {rule.deny.map((denied, index) => (
          <li key={index} className="denied-row">
            <Choice
              label="Kind"
              value={denied.type ?? anyType}
              options={typesFor(denied)}
              choose={(type) => put(rule.deny.with(index, withType(denied, type)))}
            />
            <TextField
              label="Package"
              mono="yes"
              longest={512}
              placeholder="*log4j-core"
              value={denied.name}
              problem={problems.get(`deny.${index}.name`)}
              change={(name) => put(rule.deny.with(index, { ...denied, name }))}
            />
            <TextField
              label="Below version"
              mono="yes"
              longest={512}
              placeholder="every version"
              value={denied.below ?? ''}
              change={(below) => put(rule.deny.with(index, withBelow(denied, below)))}
            />
            <TextField
              label="Why"
              longest={500}
              value={denied.why}
              change={(why) => put(rule.deny.with(index, { ...denied, why }))}
            />
            <button
              type="button"
              className="icon-btn"
              aria-label={`Remove package ${denied.name || index + 1}`}
              disabled={rule.deny.length === 1}
              onClick={() => put(rule.deny.toSpliced(index, 1))}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="btn plain" onClick={() => put([...rule.deny, { name: '', why: '' }])}>
        <Icon name="plus" />
        Another package
      </button>
      <p className="quiet small">
        In names <code>*</code> stands for any run of characters. Versions are compared as their ecosystem does.
      </p>
    </div>
  );
}

function withType({ type: _before, ...denied }: Denied, type: string): Denied {
  return type === anyType ? denied : { ...denied, type };
}

function withBelow({ below: _before, ...denied }: Denied, below: string): Denied {
  return below === '' ? denied : { ...denied, below };
}
