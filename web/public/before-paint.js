// Runs before everything else, so that a dark page never flashes white. The key is the one that src/ui/color-scheme.ts keeps.
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

// The program stands in a template, so that a slow line brings the frame first. It is fetched after the first paint; in
// a tab that is not shown nothing is painted, and a short wait has to do.
(() => {
  let begun = false;
  const begin = () => {
    const template = document.getElementById('program');
    if (begun || template === null) return;
    begun = true;
    const parts = [...template.content.children];
    const scripts = parts.filter((part) => part.localName === 'script');
    const sheets = parts.filter((part) => part.rel === 'stylesheet');
    const preloads = parts.filter((part) => part.rel === 'modulepreload');
    for (const { src } of scripts) {
      const preload = document.createElement('link');
      preload.rel = 'modulepreload';
      preload.href = src;
      preload.crossOrigin = '';
      preloads.unshift(preload);
    }
    const styled = sheets.map(
      (sheet) => new Promise((come) => ['load', 'error'].forEach((event) => sheet.addEventListener(event, come))),
    );
    document.head.append(...sheets, ...preloads);
    void Promise.all(styled).then(() => {
      for (const { src } of scripts) {
        const script = document.createElement('script');
        script.type = 'module';
        script.crossOrigin = '';
        script.src = src;
        document.head.append(script);
      }
    });
  };
  addEventListener('DOMContentLoaded', () => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(begin)));
    setTimeout(begin, 400);
  });
})();
