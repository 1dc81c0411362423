import '@mantine/core/styles/default-css-variables.layer.css';
import { MantineProvider, type MantineColorSchemeManager } from '@mantine/core';
import type { ReactNode } from 'react';
import { colorScheme } from '../ui/color-scheme.ts';
import '../ui/details.css';
import '../ui/filters.css';
import '../ui/forms.css';
import { mantineColours, theme } from './theme.ts';

/** Light or dark is not Mantine's to choose: it takes what the document shows. */
const shown: MantineColorSchemeManager = {
  get: () => colorScheme(),
  set: () => undefined,
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => undefined,
};

/** What menus, dialogs and fields stand on. The first page has none, so this is fetched with any other, and the styles of details with it. */
export function Overlays({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <MantineProvider theme={theme} colorSchemeManager={shown} cssVariablesResolver={mantineColours}>
      {children}
    </MantineProvider>
  );
}
