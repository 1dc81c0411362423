/** What `npm run new page NAME DOMAIN` writes: a page, what it says as a pure function, and the test of that. */

/** Files of a page by their names in the folder of its domain. */
export function pageFiles(name: string, value: string): Readonly<Record<string, string>> {
  const component = componentOf(value);
  return {
    [`${name}-page.tsx`]: `import type { ReactNode } from 'react';
import { PageHead } from '../../ui/page-head.tsx';
import { ${value}Verdict } from './${name}.ts';

/** One sentence on what this page shows. */
export function ${component}(): ReactNode {
  return <PageHead title="${titleOf(name)}" {...${value}Verdict(undefined)} />;
}
`,
    [`${name}.ts`]: `import type { MarkState } from '../../ui/state-mark.tsx';

/** The state and the first sentence of the page. \`undefined\`: nothing is known yet, which is never a good state. */
export function ${value}Verdict(count: number | undefined): { readonly state: MarkState; readonly verdict: string } {
  return { state: 'unknown', verdict: count === undefined ? '${titleOf(name)}: unknown.' : 'One sentence' };
}
`,
    [`${name}.test.ts`]: `import { expect, test } from 'vitest';
import { ${value}Verdict } from './${name}.ts';

test('${name} says what it found, and what it does not know', () => {
  expect(${value}Verdict(undefined).state).toBe('unknown');
  expect(${value}Verdict(3).verdict, 'write the page and what it says').not.toContain('One sentence');
});
`,
  };
}

/** The route in \`web/src/router.tsx\`: its definition, and its name for the list of all. */
export function pageRoute(name: string, value: string, domain: string): string {
  return `const ${value} = createRoute({
  getParentRoute: () => inside,
  path: '/${name}',
  component: page(() => import('./pages/${domain}/${name}-page.tsx'), '${componentOf(value)}'),
});

`;
}

function componentOf(value: string): string {
  return `${value.charAt(0).toUpperCase()}${value.slice(1)}Page`;
}

function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
