import { useEffect, useRef } from 'react';

/** What the keys of a list do. */
export interface RowKeys {
  readonly move: (by: 1 | -1) => void;
  readonly open: () => void;
}

/** `J` and `K` move, `Enter` opens, as long as no field, button or drawer has the keys. */
export function useRowKeys(keys: RowKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return;
      const key = event.key.toLowerCase();
      if (key === 'j') latest.current.move(1);
      else if (key === 'k') latest.current.move(-1);
      else if (key === 'enter' && !isControl(event.target)) latest.current.open();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null
  );
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('a, button') !== null;
}
