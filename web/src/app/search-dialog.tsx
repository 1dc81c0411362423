import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/CloseButton.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { count } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { type FoundGroup, useFound } from './found.tsx';
import { optionId } from './option-id.ts';
import { Overlays } from './overlays.tsx';

interface DialogProps {
  readonly opened: boolean;
  /** `left`: a result was followed. */
  readonly close: (how: 'left' | 'kept') => void;
}

/** One search over everything that has a page, in all environments; by keyboard alone, too. */
export function SearchDialog({ opened, close }: DialogProps): ReactNode {
  return (
    <Overlays>
      <Modal
        opened={opened}
        onClose={() => close('kept')}
        withCloseButton={false}
        returnFocus={false}
        yOffset="10vh"
        size={560}
        padding={0}
        transitionProps={{ duration: 120 }}
        attributes={{ content: { 'aria-label': 'Search' } }}
      >
        <Search leave={() => close('left')} />
      </Modal>
    </Overlays>
  );
}

function Search({ leave }: { readonly leave: () => void }): ReactNode {
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 150);
  const groups = useFound(search);
  const list = useId();
  // What is shown may still belong to an earlier text: Enter opens only what was found for this one.
  const keys = useKeys(list, search === text.trim() ? groups : undefined);
  const nothing = search !== '' && groups !== undefined && groups.length === 0;
  return (
    <>
      <div className="search-head">
        <Icon name="search" />
        <input
          type="search"
          role="combobox"
          data-autofocus
          aria-label="Search for a CVE, package, image, build, container, application, host, incident, check, rule or user"
          aria-expanded={keys.active !== undefined}
          aria-controls={list}
          aria-activedescendant={keys.active}
          placeholder="CVE, package, image, build, container, host…"
          maxLength={256}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={keys.press}
        />
        <kbd>Esc</kbd>
      </div>
      <p className="sr" role="status">
        {nothing && 'No results'}
      </p>
      {nothing && (
        <p className="soft search-nothing" aria-hidden="true">
          No results
        </p>
      )}
      <div className="search-results" id={list} role="listbox" aria-label="Results" onClick={leave}>
        {groups?.map((group) => (
          <Group key={group.name} list={list} group={group} active={keys.active} />
        ))}
      </div>
    </>
  );
}

/** The result that Enter opens, and the keys that choose another. */
function useKeys(list: string, groups: readonly FoundGroup[] | undefined) {
  const ids = groups?.flatMap(({ rows }) => rows.map(({ id }) => optionId(list, id))) ?? [];
  const [chosen, setChosen] = useState<string>();
  const at = chosen === undefined ? 0 : Math.max(0, ids.indexOf(chosen));
  const active = ids[at];
  useEffect(() => {
    if (active !== undefined) document.getElementById(active)?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const press = (event: KeyboardEvent): void => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: ids.length - 1, PageUp: 0 }[event.key];
    if (event.key === 'Enter' && active !== undefined) document.getElementById(active)?.click();
    else if (to === undefined || ids.length === 0) return;
    else setChosen(ids[(to + ids.length) % ids.length]);
    event.preventDefault();
  };
  return { active, press };
}

interface GroupProps {
  readonly list: string;
  readonly group: FoundGroup;
  readonly active: string | undefined;
}

function Group({ list, group, active }: GroupProps): ReactNode {
  const { name, total, rows } = group;
  const heading = optionId(list, name);
  return (
    <div role="group" aria-labelledby={heading}>
      <h2 className="label" id={heading} role="presentation">
        {name}, {count(total)}
      </h2>
      {rows.map((row) => {
        const id = optionId(list, row.id);
        return (
          <Link key={id} id={id} role="option" aria-selected={id === active} tabIndex={-1} {...row.link}>
            <span className="clip">{row.text}</span>
            {row.mark}
          </Link>
        );
      })}
    </div>
  );
}
