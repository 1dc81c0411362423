import '@mantine/core/styles/UnstyledButton.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Menu.layer.css';
import { Menu } from '@mantine/core';
import '@mantine/core/styles/Menu.layer.css';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Icon } from '../ui/icon.tsx';
import { useSavedViews } from './saved-views.ts';

interface MenuProps {
  /** The list that the views are of. */
  readonly list: string;
  /** Filters, sorting and environment of now. */
  readonly search: object;
  /** Every field that a view sets, so that one without it removes it. */
  readonly fields: readonly string[];
}

/** Views of a list that this browser keeps: choose one, save what is shown, remove one. A link shows others the same. */
export function ViewsMenu({ list, search, fields }: MenuProps): ReactNode {
  const { views, save, remove } = useSavedViews(list);
  const [name, setName] = useState('');
  const none = Object.fromEntries(fields.map((id) => [id, undefined]));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save(name, search);
    setName('');
  };
  return (
    <Menu withInitialFocusPlaceholder={false} position="bottom-end" closeOnItemClick withinPortal={false}>
      <Menu.Target>
        <button type="button" className="filter add">
          Views
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {views.length === 0 && <Menu.Label>No saved view in this browser yet</Menu.Label>}
        {views.map((view) => (
          <div key={view.name} className="saved-view">
            <Menu.Item
              component={Link}
              to="."
              hash
              resetScroll={false}
              search={((before: object) => ({ ...before, ...none, ...view.search })) as never}
            >
              {view.name}
            </Menu.Item>
            <button
              type="button"
              className="icon-btn"
              aria-label={`Delete the view ${view.name}`}
              onClick={() => remove(view.name)}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
        <form className="save-view" onSubmit={submit}>
          <input
            className="option-search"
            aria-label="Name of the new view"
            placeholder="Name of this view"
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => event.stopPropagation()}
          />
          <button type="submit" className="btn" disabled={name.trim() === ''}>
            Save view
          </button>
        </form>
      </Menu.Dropdown>
    </Menu>
  );
}
