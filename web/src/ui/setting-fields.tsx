import type { ReactNode } from 'react';
import type { FieldText, FieldTexts, KnownControl } from '#rules/contract.ts';
import {
  choicesOf,
  controlOf,
  limitsOf,
  problemsBelow,
  problemWithin,
  type Problems,
  type Settings,
  type Shape,
  withField,
} from './field-shape.ts';
import { Check, CheckList, Choice, NumberField, TextField } from './fields.tsx';
import { LineList, WordList } from './list-fields.tsx';
import { RowList } from './row-list.tsx';
import './setting-fields.css';

/** What a control that a page brings is given. */
export interface ControlProps {
  readonly text: FieldText;
  readonly value: unknown;
  readonly change: (value: unknown) => void;
  /** All settings that the field stands in, for what depends on another field or fills several. */
  readonly settings: Settings;
  readonly write: (settings: Settings) => void;
  /** Of the field, then of what lies below it. */
  readonly problem: string | undefined;
  readonly problems: Problems;
}

/** Controls by the names that texts of fields give them. */
export type Controls = Readonly<Partial<Record<KnownControl, (props: ControlProps) => ReactNode>>>;

interface FieldsProps {
  /** Of an object. */
  readonly shape: Shape;
  readonly texts: FieldTexts;
  readonly settings: Settings;
  readonly write: (settings: Settings) => void;
  readonly problems: Problems;
  readonly controls: Controls;
}

/** The fields of settings, made of their schema and their texts: what is chosen and written first, then yes and no. */
export function SettingFields(props: FieldsProps): ReactNode {
  const fields = Object.entries(props.texts).map(([name, text]) => ({ ...props, name, text }));
  const isCheck = (field: FieldProps): boolean => controlIn(field) === 'check' || isOptionalGroup(field);
  const checks = fields.filter(isCheck);
  return (
    <>
      {fields
        .filter((field) => !isCheck(field))
        .map((field) => (
          <Field key={field.name} {...field} />
        ))}
      {checks.length > 0 && (
        <div className="checks-row">
          {checks.map((field) => (
            <Toggle key={field.name} {...field} />
          ))}
        </div>
      )}
      {checks.filter(isOptionalGroup).map((field) => (
        <Group key={field.name} {...field} />
      ))}
    </>
  );
}

interface FieldProps extends FieldsProps {
  readonly name: string;
  readonly text: FieldText;
}

function shapeIn({ shape, name }: FieldProps): Shape {
  return shape.properties?.[name] ?? {};
}

function controlIn(field: FieldProps): ReturnType<typeof controlOf> {
  return controlOf(shapeIn(field), field.text);
}

function isOptional({ shape, name }: FieldProps): boolean {
  return shape.required?.includes(name) !== true;
}

function isOptionalGroup(field: FieldProps): boolean {
  return controlIn(field) === 'group' && isOptional(field);
}

/** Yes or no, or whether a group is there. */
function Toggle(field: FieldProps): ReactNode {
  const { settings, name, text, write } = field;
  const isGroup = controlIn(field) === 'group';
  const value = settings[name];
  return (
    <Check
      checked={isGroup ? value !== undefined : value === true}
      change={(on) => write(withField(settings, name, isGroup ? (on ? text.start : undefined) : on))}
    >
      {text.label}
    </Check>
  );
}

/** The fields of an object within settings. */
function Group(field: FieldProps): ReactNode {
  const { settings, name, text, write, problems, controls } = field;
  const value = settings[name];
  if (value === undefined) return null;
  return (
    <div className="setting-group" role="group" aria-label={text.label}>
      <SettingFields
        shape={shapeIn(field)}
        texts={text.fields ?? {}}
        settings={value as Settings}
        write={(next) => write(withField(settings, name, next))}
        problems={problemsBelow(problems, name)}
        controls={controls}
      />
      {text.help !== undefined && <p className="quiet small">{text.help}</p>}
    </div>
  );
}

function Field(field: FieldProps): ReactNode {
  const { settings, name, text, write, problems, controls } = field;
  const value = settings[name];
  const change = (next: unknown): void => write(withField(settings, name, next));
  const problem = problemWithin(problems, name);
  switch (controlIn(field)) {
    case 'known': {
      const Control = text.control === undefined ? undefined : controls[text.control];
      if (Control === undefined) throw new Error(`This page brings no control ${text.control}.`);
      return (
        <Control {...{ text, value, change, settings, write, problem, problems: problemsBelow(problems, name) }} />
      );
    }
    case 'group':
      return <Group {...field} />;
    case 'rows':
      return <Rows {...field} />;
    case 'number':
      return <Numbers {...field} />;
    case 'choice':
    case 'checks':
      return <Choices {...field} />;
    case 'text':
    case 'lines':
    case 'words':
      return <Texts {...field} />;
    default:
      throw new Error(`The schema of ${name} says too little for a control; name one in its text.`);
  }
}

function Numbers(field: FieldProps): ReactNode {
  const { settings, name, text, write, problems } = field;
  const shape = shapeIn(field);
  const other = text.fallback === undefined ? undefined : settings[text.fallback];
  return (
    <NumberField
      label={text.label}
      hint={text.help}
      unit={text.unit}
      placeholder={other === undefined ? text.example : String(other)}
      {...limitsOf(shape)}
      value={numberIn(settings[name])}
      problem={problemWithin(problems, name)}
      change={(value) => write(withField(settings, name, value ?? (isOptional(field) ? undefined : 0)))}
    />
  );
}

function Choices(field: FieldProps): ReactNode {
  const { settings, name, text, write, problems } = field;
  const shape = shapeIn(field);
  const problem = problemWithin(problems, name);
  const change = (next: unknown): void => write(withField(settings, name, next));
  const value = settings[name];
  if (shape.type === 'array') {
    return (
      <CheckList
        legend={text.label}
        hint={text.help}
        options={choicesOf(shape.items ?? {}, text)}
        chosen={textsIn(value)}
        choose={change}
        problem={problem}
      />
    );
  }
  return (
    <Choice
      label={text.label}
      hint={text.help}
      problem={problem}
      value={String(value ?? text.unset ?? '')}
      options={choicesOf(shape, text)}
      choose={change}
    />
  );
}

function Texts(field: FieldProps): ReactNode {
  const { settings, name, text, write, problems } = field;
  const value = settings[name];
  const shared = {
    label: text.label,
    hint: text.help,
    placeholder: text.example,
    mono: text.form === 'code' ? ('yes' as const) : undefined,
    problem: problemWithin(problems, name),
  };
  const put = (next: string | readonly string[]): void =>
    write(withField(settings, name, next.length === 0 && isOptional(field) ? undefined : next));
  switch (controlIn(field)) {
    case 'lines':
      return <LineList {...shared} value={textsIn(value)} change={put} />;
    case 'words':
      return <WordList {...shared} value={textsIn(value)} change={put} />;
    default:
      return <TextField {...shared} longest={shapeIn(field).maxLength} value={String(value ?? '')} change={put} />;
  }
}

function Rows(field: FieldProps): ReactNode {
  const { settings, name, text, write, problems, controls } = field;
  const items = settings[name] as readonly Settings[];
  const below = problemsBelow(problems, name);
  return (
    <RowList
      text={text}
      items={items}
      problem={problems.get(name)}
      change={(next) => write(withField(settings, name, next))}
    >
      {(item, index, put) => (
        <SettingFields
          shape={shapeIn(field).items ?? {}}
          texts={text.fields ?? {}}
          settings={item}
          write={put}
          problems={problemsBelow(below, String(index))}
          controls={controls}
        />
      )}
    </RowList>
  );
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
