import '@mantine/core/styles/Input.layer.css';
import { type ReactNode, useId } from 'react';

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, label: string])[];
  readonly choose: (value: Value) => void;
}

/** One of a few. */
export function Choice<Value extends string>({ label, value, options, choose }: ChoiceProps<Value>): ReactNode {
  return (
    <label className="field">
      {label}
      <select
        value={value}
        onChange={(event) => {
          const chosen = options.find(([one]) => one === event.currentTarget.value);
          if (chosen !== undefined) choose(chosen[0]);
        }}
      >
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly hint?: string | undefined;
  readonly placeholder?: string;
  /** Lines of a longer text; missing: one line. */
  readonly lines?: number;
  /** What is wrong with it. */
  readonly problem?: string | undefined;
  readonly longest?: number;
  readonly mono?: 'yes';
  readonly disabled?: boolean;
}

/** A text of one line or more, with what is wrong with it below. */
export function TextField({
  label,
  value,
  change,
  hint,
  lines,
  problem,
  longest,
  mono,
  ...rest
}: TextProps): ReactNode {
  const id = useId();
  const shared = {
    id,
    value,
    maxLength: longest,
    spellCheck: mono === undefined,
    autoComplete: 'off',
    className: mono && 'mono',
    'aria-invalid': problem !== undefined,
    'aria-describedby': hint === undefined && problem === undefined ? undefined : `${id}-hint`,
    ...rest,
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {lines === undefined ? (
        <input type="text" {...shared} onChange={(event) => change(event.currentTarget.value)} />
      ) : (
        <textarea rows={lines} {...shared} onChange={(event) => change(event.currentTarget.value)} />
      )}
      {(hint !== undefined || problem !== undefined) && (
        <span id={`${id}-hint`} className={problem === undefined ? 'quiet hint' : 'problem hint'}>
          {problem ?? hint}
        </span>
      )}
    </div>
  );
}

interface NumberProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly change: (value: number | undefined) => void;
  readonly least?: number;
  readonly most?: number;
  readonly step?: number;
  /** Word after the number. */
  readonly unit?: string;
  readonly placeholder?: string;
  readonly problem?: string | undefined;
}

/** A number; nothing while the field is empty. */
export function NumberField({
  label,
  value,
  change,
  least,
  most,
  step,
  unit,
  problem,
  ...rest
}: NumberProps): ReactNode {
  return (
    <label className="field">
      {label}
      <span className="with-unit">
        <input
          type="number"
          min={least}
          max={most}
          step={step}
          aria-invalid={problem !== undefined}
          value={value ?? ''}
          onChange={({ currentTarget: { valueAsNumber } }) =>
            change(Number.isNaN(valueAsNumber) ? undefined : valueAsNumber)
          }
          {...rest}
        />
        {unit}
      </span>
      {problem !== undefined && <span className="problem hint">{problem}</span>}
    </label>
  );
}

interface CheckProps {
  readonly checked: boolean;
  readonly change: (checked: boolean) => void;
  readonly children: ReactNode;
}

/** Yes or no. */
export function Check({ checked, change, children }: CheckProps): ReactNode {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => change(event.currentTarget.checked)} />
      <span>{children}</span>
    </label>
  );
}

/** The words of a field that holds several, apart by commas or spaces; missing when it holds none. */
export function wordsIn(text: string): readonly string[] | undefined {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  return words.length === 0 ? undefined : words;
}
