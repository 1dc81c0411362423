import { useMediaQuery } from '@mantine/hooks';
import { type RefObject, useLayoutEffect, useState } from 'react';

const atOnce = { getInitialValueInEffect: false } as const;

/** One column, details from below: the width of a phone. The same limit stands in the style sheets. */
export function useNarrow(): boolean {
  return useMediaQuery('(max-width: 720px)', undefined, atOnce);
}

/** Room for a detail pane beside a list. */
export function useWide(): boolean {
  return useMediaQuery('(min-width: 1081px)', undefined, atOnce);
}

/** Room for every column of a list that has a detail pane beside it. */
export function useRoomy(): boolean {
  return useMediaQuery('(min-width: 1401px)', undefined, atOnce);
}

/** Pixels that an element is wide, known before it is painted. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(() => window.innerWidth);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const measure = (): void => setWidth(current.clientWidth);
    measure();
    const watching = new ResizeObserver(measure);
    watching.observe(current);
    return () => watching.disconnect();
  }, [element]);
  return width;
}
