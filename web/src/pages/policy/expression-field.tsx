import type { ReactNode } from 'react';
import { TextField } from '../../ui/fields.tsx';
import { Pointed } from '../../ui/pointed.tsx';
import type { ControlProps } from '../../ui/setting-fields.tsx';
import { examples, findingWords, imageWords } from './expression-help.ts';

type Subject = keyof typeof examples;

/** An expression in CEL, what it may refer to, and where it is wrong. */
export function ExpressionField({ text, value, change, settings, write, problem }: ControlProps): ReactNode {
  const expression = String(value);
  const on: Subject = settings['on'] === 'image' ? 'image' : 'finding';
  return (
    <div className="custom">
      <TextField
        label={text.label}
        hint={text.help}
        mono="yes"
        lines={3}
        longest={4000}
        placeholder={examples[on][0].expression}
        value={expression}
        problem={problem}
        change={change}
      />
      <Pointed expression={expression} problem={problem ?? ''} />
      <Help on={on} take={(example) => write({ ...settings, ...example })} />
    </div>
  );
}

interface HelpProps {
  readonly on: Subject;
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
