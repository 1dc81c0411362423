import { useSyncExternalStore } from 'react';

/** The choice of light or dark; `public/before-paint.js` reads the same key before the first paint. */
const key = 'seawall-theme';
const attribute = 'data-mantine-color-scheme';
const system = '(prefers-color-scheme: dark)';

/** Light or dark, as the whole document is shown. */
export type ColorScheme = 'light' | 'dark';

/** The scheme of the document, which `before-paint.js` has set. */
export function colorScheme(): ColorScheme {
  return document.documentElement.getAttribute(attribute) === 'dark' ? 'dark' : 'light';
}

/** The same for what draws with its colours. */
export function useColorScheme(): ColorScheme {
  return useSyncExternalStore(watchScheme, colorScheme);
}

/** Light for dark and dark for light, kept in this browser. */
export function toggleColorScheme(): void {
  const next = colorScheme() === 'dark' ? 'light' : 'dark';
  show(next);
  try {
    localStorage.setItem(key, next);
  } catch {
    // A private window: the choice lasts for this page.
  }
}

/** Until somebody chooses, the document follows the system. */
export function followSystem(): void {
  const dark = window.matchMedia(system);
  dark.addEventListener('change', () => {
    if (chosen() === undefined) show(dark.matches ? 'dark' : 'light');
  });
}

function chosen(): ColorScheme | undefined {
  try {
    const kept = localStorage.getItem(key);
    return kept === 'dark' || kept === 'light' ? kept : undefined;
  } catch {
    return undefined;
  }
}

function show(scheme: ColorScheme): void {
  document.documentElement.setAttribute(attribute, scheme);
}

function watchScheme(notify: () => void): () => void {
  const watching = new MutationObserver(notify);
  watching.observe(document.documentElement, { attributeFilter: [attribute] });
  return () => watching.disconnect();
}
