import type { ReactNode } from 'react';
import type { Rule } from '#policy/contract.ts';
import { Choice, TextField } from '../../ui/fields.tsx';
import type { ExpressionProblem, Problems } from './draft.ts';
import { examples, findingWords, imageWords } from './expression-help.ts';

type CustomRule = Extract<Rule, { readonly kind: 'custom' }>;

interface Props {
  readonly rule: CustomRule;
  readonly write: (rule: CustomRule) => void;
  readonly problems: Problems;
  readonly refused: ExpressionProblem | undefined;
}

const subjects = [
  ['finding', 'each finding'],
  ['image', 'the image once'],
] as const;

/** An expression in CEL, what it may refer to, and where it is wrong. */
export function CustomFields({ rule, write, problems, refused }: Props): ReactNode {
  return (
    <div className="custom">
      <Choice label="Asked of" value={rule.on} options={subjects} choose={(on) => write({ ...rule, on })} />
      <TextField
        label="Expression: true where the rule is broken"
        mono="yes"
        lines={3}
        longest={4000}
        placeholder={examples[rule.on][0].expression}
        value={rule.expression}
        problem={problems.get('expression')}
        change={(expression) => write({ ...rule, expression })}
      />
      {refused && <Pointed expression={rule.expression} problem={refused} />}
      <TextField
        label="What is wrong then"
        longest={500}
        placeholder={examples[rule.on][0].message}
        value={rule.message}
        problem={problems.get('message')}
        change={(message) => write({ ...rule, message })}
      />
      <Help on={rule.on} take={(example) => write({ ...rule, ...example })} />
    </div>
  );
}

/** The line with the fault, and a mark below the place. */
function Pointed(props: { readonly expression: string; readonly problem: ExpressionProblem }): ReactNode {
  const { line, column, message } = props.problem;
  const text = props.expression.split('\n')[line - 1] ?? '';
  return (
    <div className="pointed" role="alert">
      <pre className="mono" aria-hidden="true">
        {text}
        {'\n'}
        {' '.repeat(Math.max(0, column - 1))}^
      </pre>
      <p className="problem">
        Line {line}, column {column}: {message}
      </p>
    </div>
  );
}

interface HelpProps {
  readonly on: CustomRule['on'];
  readonly take: (example: { readonly expression: string; readonly message: string }) => void;
}

function Help({ on, take }: HelpProps): ReactNode {
  const names = on === 'finding' ? [...findingWords, ...imageWords] : imageWords;
  return (
    <details className="small">
      <summary>What an expression may refer to, with examples</summary>
      <ul className="examples">
        {examples[on].map((example) => (
          <li key={example.expression}>
            <code>{example.expression}</code>
            <button type="button" className="btn plain" onClick={() => take(example)}>
              Use it
            </button>
          </li>
        ))}
      </ul>
      <dl className="kv">
        {names.map(([name, meaning]) => (
          <div key={name} className="contents">
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">
        Expressions are CEL. What is not known is <code>null</code>; compare with it first. Loops inside loops are
        refused.
      </p>
    </details>
  );
}
