import '@mantine/core/styles/Input.layer.css';
import { type ReactNode, useId } from 'react';

/** What every field may say below itself. */
interface Said {
  readonly hint?: string | undefined;
  /** What is wrong with it; takes the place of the hint. */
  readonly problem?: string | undefined;
}

interface FieldProps extends Said {
  readonly label: string;
  /** The control, with what ties it to its label and to what is said below. */
  readonly children: (ties: Ties) => ReactNode;
}

interface Ties {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

/** A label, its control, and below what helps or what is wrong. */
function Field({ label, hint, problem, children }: FieldProps): ReactNode {
  const id = useId();
  const said = problem ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-invalid': problem !== undefined,
        'aria-describedby': said === undefined ? undefined : `${id}-hint`,
      })}
      {said !== undefined && (
        <span id={`${id}-hint`} className={problem === undefined ? 'quiet hint' : 'problem hint'}>
          {said}
        </span>
      )}
    </div>
  );
}

interface ChoiceProps<Value extends string> extends Said {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, label: string])[];
  readonly choose: (value: Value) => void;
}

/** One of a few. */
export function Choice<Value extends string>({ value, options, choose, ...field }: ChoiceProps<Value>): ReactNode {
  return (
    <Field {...field}>
      {(ties) => (
        <select
          {...ties}
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
      )}
    </Field>
  );
}

interface TextProps extends Said {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly placeholder?: string | undefined;
  /** Lines of a longer text; missing: one line. */
  readonly lines?: number;
  readonly longest?: number | undefined;
  readonly mono?: 'yes' | undefined;
  readonly disabled?: boolean;
}

/** A text of one line or more. */
export function TextField({
  label,
  hint,
  problem,
  value,
  change,
  lines,
  longest,
  mono,
  ...rest
}: TextProps): ReactNode {
  const shared = {
    value,
    maxLength: longest,
    spellCheck: mono === undefined,
    autoComplete: 'off',
    className: mono && 'mono',
    ...rest,
  };
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(ties) =>
        lines === undefined ? (
          <input type="text" {...ties} {...shared} onChange={(event) => change(event.currentTarget.value)} />
        ) : (
          <textarea rows={lines} {...ties} {...shared} onChange={(event) => change(event.currentTarget.value)} />
        )
      }
    </Field>
  );
}

interface NumberProps extends Said {
  readonly label: string;
  readonly value: number | undefined;
  readonly change: (value: number | undefined) => void;
  readonly least?: number | undefined;
  readonly most?: number | undefined;
  readonly step?: number;
  /** Word after the number. */
  readonly unit?: string | undefined;
  readonly placeholder?: string | undefined;
}

/** A number; nothing while the field is empty. */
export function NumberField({
  label,
  hint,
  problem,
  value,
  change,
  least,
  most,
  step,
  unit,
  placeholder,
}: NumberProps): ReactNode {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {({ 'aria-describedby': described, ...ties }) => (
        <span className="with-unit">
          <input
            type="number"
            {...ties}
            aria-describedby={[unit && `${ties.id}-unit`, described].filter(Boolean).join(' ') || undefined}
            min={least}
            max={most}
            step={step}
            placeholder={placeholder}
            value={value ?? ''}
            onChange={({ currentTarget: { valueAsNumber } }) =>
              change(Number.isNaN(valueAsNumber) ? undefined : valueAsNumber)
            }
          />
          {unit && <span id={`${ties.id}-unit`}>{unit}</span>}
        </span>
      )}
    </Field>
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

interface CheckListProps extends Said {
  readonly legend: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly chosen: readonly string[];
  readonly choose: (chosen: readonly string[]) => void;
  readonly children?: ReactNode;
}

/** Several of a few, in the order of the options. */
export function CheckList({ legend, options, chosen, choose, hint, problem, children }: CheckListProps): ReactNode {
  const id = useId();
  const said = problem ?? hint;
  const put = (value: string, checked: boolean): void =>
    choose(options.flatMap(([one]) => ((one === value ? checked : chosen.includes(one)) ? [one] : [])));
  return (
    <fieldset className="field named" aria-describedby={said === undefined ? undefined : id}>
      <legend>{legend}</legend>
      <div className="checks-row">
        {options.map(([value, label]) => (
          <Check key={value} checked={chosen.includes(value)} change={(checked) => put(value, checked)}>
            {label}
          </Check>
        ))}
      </div>
      {children}
      {said !== undefined && (
        <span id={id} className={problem === undefined ? 'quiet hint' : 'problem hint'}>
          {said}
        </span>
      )}
    </fieldset>
  );
}

/** The words of a field that holds several, apart by commas or spaces; missing when it holds none. */
export function wordsIn(text: string): readonly string[] | undefined {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  return words.length === 0 ? undefined : words;
}
