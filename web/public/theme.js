// Runs before the first paint, so that a dark page never flashes white. The key is the one that src/app/theme.ts keeps.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem('seawall-theme');
  } catch {
    // A private window: the system's own setting decides.
  }
  const dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
