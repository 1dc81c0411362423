import { useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

/** Whether the page is being printed: then every row is drawn, not only those in view. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, () => printing);
}

/** Rows that a page is printed with at most. */
export const mostPrinted = 5_000;

let printing = false;
let isPreparing = false;

function subscribe(report: () => void): () => void {
  // The browser prints as soon as its listeners are done: what changes must be drawn by then.
  const set = (now: boolean) => (): void => {
    printing = now;
    flushSync(report);
  };
  const [begin, end] = [set(true), set(false)];
  // Rows that were not scrolled to are fetched before the browser is asked to print.
  const prepare = (event: KeyboardEvent): void => {
    if (!isPrintKey(event)) return;
    event.preventDefault();
    begin();
    if (isPreparing) return;
    isPreparing = true;
    void allLoaded().then(() => {
      isPreparing = false;
      window.print();
    });
  };
  window.addEventListener('beforeprint', begin);
  window.addEventListener('afterprint', end);
  window.addEventListener('keydown', prepare);
  return () => {
    window.removeEventListener('beforeprint', begin);
    window.removeEventListener('afterprint', end);
    window.removeEventListener('keydown', prepare);
  };
}

function isPrintKey({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === 'p' && (ctrlKey || metaKey) && !shiftKey && !altKey;
}

/** Milliseconds between two looks, and looks: a console that does not answer is not waited for longer. */
const look = 100;
const looks = 100;

async function allLoaded(): Promise<void> {
  for (let left = looks; left > 0; left -= 1) {
    await new Promise((resolve) => setTimeout(resolve, look));
    if (document.querySelector('.list .skeleton, .list[aria-busy="true"]') === null) return;
  }
}
