import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@mantine/core/styles/baseline.layer.css';
import '@mantine/core/styles/global.layer.css';
import './ui/tokens.css';
import './ui/ground.css';
import './ui/frame.css';
import './ui/page-head.css';
import './ui/marks.css';
import './ui/code.css';
import './ui/panes.css';
import './ui/table.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { signInPath } from './app/link-secret.ts';
import { isOutside, keepAnswer } from './app/provider-answer.ts';
import { createQueries } from './app/queries.ts';
import { createPages } from './router.tsx';
import { followSystem } from './ui/color-scheme.ts';

keepAnswer(window);
const queries = createQueries(() => {
  if (isOutside(window.location.pathname)) return;
  queries.clear();
  void pages.navigate({ to: signInPath, search: { next: window.location.pathname + window.location.search } });
});
const pages = createPages(queries);
followSystem();
const place = document.getElementById('root');

if (place !== null) {
  createRoot(place).render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={pages} />
    </QueryClientProvider>,
  );
}
