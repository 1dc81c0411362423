import type { RegisteredRouter } from '@tanstack/react-router';

/** After this many milliseconds what comes late moves the page no more. */
const patience = 5000;
/** Parts that keep the focus when a link in them changes what the same page shows. */
const holding = '.tabs, [data-list], .detail, [role="dialog"], select';

/**
 * Where a followed link lands: on what its address names behind `#`, else, where the address has filters, on the list that
 * they narrow; in view and with the focus, also while what stands above it still comes. A page that stands already was come
 * to by its address. Gives what ends it.
 */
export function followLinks(router: RegisteredRouter): () => void {
  const { resolvedLocation, status } = router.state;
  const stands = resolvedLocation !== undefined && status === 'idle';
  let followed = !stands;
  let held = false;
  let leave = stands && resolvedLocation.hash !== '' ? land(resolvedLocation.hash) : (): void => undefined;
  const ends = [
    router.history.subscribe(({ action }) => {
      followed = action.type === 'PUSH';
      held = document.activeElement?.closest(holding) !== null;
    }),
    router.subscribe('onRendered', ({ fromLocation, toLocation, pathChanged }) => {
      leave();
      const narrowed =
        fromLocation !== undefined && isNarrowed(pathChanged ? {} : fromLocation.search, toLocation.search);
      const stays = held && !pathChanged;
      if (followed && !stays && (toLocation.hash !== '' || narrowed)) leave = land(toLocation.hash);
      followed = false;
    }),
  ];
  return () => {
    leave();
    for (const end of ends) end();
  };
}

/** Whether an address names other filters than the one before; the environment is of all pages. */
function isNarrowed(before: object, now: object): boolean {
  const known = new Map<string, unknown>(Object.entries(before));
  return Object.entries(now).some(
    ([id, value]) => id !== 'environment' && value !== undefined && known.get(id) !== value,
  );
}

/** Brings it into view until somebody touches the page. Gives what ends it. */
function land(hash: string): () => void {
  const page = document.getElementById('page');
  if (page === null) return () => undefined;
  const place = (): void => {
    const list = page.querySelector<HTMLElement>('[data-list]');
    const target = hash === '' ? list : document.getElementById(hash);
    if (target === null || document.querySelector('[role="dialog"]') !== null) return;
    const { top } = target.getBoundingClientRect();
    if (hash !== '' || top < 0 || top > window.innerHeight / 2) target.scrollIntoView({ block: 'start' });
    const first = target.matches('.tabs') && list !== null ? list : target;
    if (first.contains(document.activeElement)) return;
    if (!first.hasAttribute('tabindex')) first.tabIndex = -1;
    first.focus({ preventScroll: true });
  };
  const grown = new ResizeObserver(place);
  grown.observe(page);
  const touched = new AbortController();
  const leave = (): void => {
    clearTimeout(timer);
    grown.disconnect();
    touched.abort();
  };
  const timer = setTimeout(leave, patience);
  for (const kind of ['wheel', 'touchstart', 'pointerdown', 'keydown'])
    window.addEventListener(kind, leave, { signal: touched.signal, passive: true });
  place();
  return leave;
}
