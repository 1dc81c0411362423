import '@mantine/core/styles/UnstyledButton.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Menu.layer.css';
import { Menu } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { FilterChoice, Option } from './filter-choice.ts';
import { Icon } from './icon.tsx';

/** Longer lists of values get a field to search them. */
const fewOptions = 8;
/** Values drawn at once; the field finds the others. */
const shownOptions = 50;

interface AddProps {
  readonly choices: readonly FilterChoice[];
  readonly change: (id: string, value: string | undefined) => void;
}

/** A menu of the filters that are not on; one that is chosen shows its values. */
export function AddFilter({ choices, change }: AddProps): ReactNode {
  const [opened, setOpened] = useState(false);
  const [chosen, choose] = useState<FilterChoice>();
  if (choices.length === 0) return null;
  const turn = (next: boolean): void => {
    setOpened(next);
    if (next) choose(choices.length === 1 ? choices[0] : undefined);
  };
  return (
    <Menu
      opened={opened}
      onChange={turn}
      withInitialFocusPlaceholder={false}
      position="bottom-start"
      withinPortal={false}
    >
      <Menu.Target>
        <button type="button" className="filter add">
          <Icon name="plus" />
          Filter
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {chosen === undefined ? (
          choices.map((choice) => (
            <Menu.Item key={choice.id} closeMenuOnClick={false} onClick={() => choose(choice)}>
              {choice.name}
            </Menu.Item>
          ))
        ) : (
          <Options
            key={chosen.id}
            choice={chosen}
            pick={(value) => {
              change(chosen.id, value);
              setOpened(false);
            }}
          />
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

interface OptionsProps {
  readonly choice: FilterChoice;
  readonly pick: (value: string) => void;
}

function Options({ choice, pick }: OptionsProps): ReactNode {
  if ('options' in choice) return <OptionList name={choice.name} options={choice.options} pick={pick} />;
  if ('input' in choice) return <TypedValue name={choice.name} type={choice.input} pick={pick} />;
  return <AskedOptions name={choice.name} useOptions={choice.useOptions} pick={pick} />;
}

interface AskedProps extends Pick<OptionsProps, 'pick'> {
  readonly name: string;
  readonly useOptions: () => readonly Option[] | undefined;
}

function AskedOptions({ name, useOptions, pick }: AskedProps): ReactNode {
  return <OptionList name={name} options={useOptions()} pick={pick} />;
}

interface TypedProps extends Pick<OptionsProps, 'pick'> {
  readonly name: string;
  readonly type: 'date' | 'text';
}

function TypedValue({ name, type, pick }: TypedProps): ReactNode {
  const [value, setValue] = useState('');
  return (
    <form
      className="save-view"
      onSubmit={(event) => {
        event.preventDefault();
        pick(value);
      }}
    >
      <input
        type={type}
        className="option-search"
        aria-label={name}
        maxLength={256}
        data-autofocus
        required
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        onKeyDown={(event) => event.stopPropagation()}
      />
      <button type="submit" className="btn">
        Apply
      </button>
    </form>
  );
}

interface ListProps extends Pick<OptionsProps, 'pick'> {
  readonly name: string;
  readonly options: readonly Option[] | undefined;
}

function OptionList({ name, options, pick }: ListProps): ReactNode {
  const [text, setText] = useState('');
  const wanted = text.toLowerCase();
  const found = options?.filter(([, label]) => label.toLowerCase().includes(wanted));
  return (
    <>
      <Menu.Label>{name}</Menu.Label>
      {options !== undefined && options.length > fewOptions && (
        <input
          type="search"
          className="option-search"
          aria-label={`Search ${name}`}
          placeholder={`Search ${options.length}`}
          data-autofocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {found?.slice(0, shownOptions).map(([value, label]) => (
        <Menu.Item key={value} onClick={() => pick(value)}>
          {label}
        </Menu.Item>
      ))}
      {found?.length === 0 && <Menu.Label>{text === '' ? 'There is none yet' : 'None is called like that'}</Menu.Label>}
      {options === undefined && <Menu.Label aria-busy="true">…</Menu.Label>}
    </>
  );
}
