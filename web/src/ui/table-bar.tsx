import '@mantine/core/styles/UnstyledButton.layer.css';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Menu.layer.css';
import { Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Column, HiddenColumns } from './columns.ts';
import { ExportButton } from './export-button.tsx';
import { count } from './format.ts';
import { Icon } from './icon.tsx';
import type { PagedRows, RowSource } from './paged-rows.ts';

interface BarProps<Row> {
  readonly name: string;
  readonly source: RowSource<Row>;
  readonly columns: readonly Column<Row>[];
  readonly filters: ReactNode;
  readonly all?: number;
  readonly hidden: HiddenColumns;
  readonly rows: PagedRows<Row>;
}

/** The bar above a table: filters, what waits, columns, export. It stays in view. */
export function TableBar<Row>(props: BarProps<Row>): ReactNode {
  const { rows } = props;
  return (
    <div className="filters">
      {props.filters}
      <span className="end">
        <Shown total={rows.total} {...(props.all !== undefined && { all: props.all })} />
        <span role="status">
          {rows.waiting > 0 && (
            <button type="button" className="new-rows" onClick={rows.letIn}>
              <Icon name="up" />
              {count(rows.waiting)} new
            </button>
          )}
        </span>
        <PagedExport {...props} />
        <ColumnMenu columns={props.columns} hidden={props.hidden} />
      </span>
    </div>
  );
}

/** How many rows the list has: "589", or "42 of 589" with filters. */
function Shown(props: { readonly total: number | undefined; readonly all?: number }): ReactNode {
  const { total, all } = props;
  if (total === undefined) return null;
  return (
    <span className="shown-rows" role="status">
      {all === undefined ? count(total) : `${count(total)} of ${count(all)}`}
      <span className="sr"> {total === 1 && all === undefined ? 'row' : 'rows'}</span>
    </span>
  );
}

function ColumnMenu<Row>(props: {
  readonly columns: readonly Column<Row>[];
  readonly hidden: HiddenColumns;
}): ReactNode {
  const choices = props.columns.filter(
    (column) => column.heads !== 'row' && column.quietHead === undefined && column.place !== 'export',
  );
  return (
    <Menu withInitialFocusPlaceholder={false} position="bottom-end" closeOnItemClick={false} withinPortal={false}>
      <Menu.Target>
        <button type="button" className="icon-btn" aria-label="Columns">
          <Icon name="columns" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map((column) => {
          const shown = !props.hidden.ids.has(column.id);
          return (
            <Menu.Item
              key={column.id}
              role="menuitemcheckbox"
              aria-checked={shown}
              leftSection={<span style={{ visibility: shown ? 'visible' : 'hidden' }}>{<Icon name="tick" />}</span>}
              onClick={() => props.hidden.toggle(column.id)}
            >
              {column.name}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Rows of an export are fetched this many at a time. */
const exportPage = 500;

function PagedExport<Row>({ name, source, columns, rows }: BarProps<Row>): ReactNode {
  const queries = useQueryClient();
  const total = rows.total ?? 0;
  const all = async (): Promise<readonly Row[]> => {
    const found: Row[] = [];
    for (let offset = 0; offset < total; offset += exportPage) {
      const page = await queries.fetchQuery({ ...source.page({ offset, limit: exportPage }), gcTime: 0 });
      found.push(...page.rows);
    }
    return found;
  };
  return <ExportButton name={name} columns={columns} total={total} rows={all} />;
}
