// Runs before everything else, so that a dark page never flashes white. The key is the one that src/app/theme.ts keeps.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem('seawall-theme');
  } catch {
    // A private window: the system's own setting decides.
  }
  const dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  // The sign-in page has no frame.
  document.documentElement.toggleAttribute('data-frameless', location.pathname === '/sign-in');
})();

// The content security policy allows no code made from text, so zod walks schemas instead of compiling them.
// Its schemas ask while their modules load, which is before any line of src/main.tsx.
globalThis.__zod_globalConfig = { jitless: true };
