import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** Sizes of Mantine in the steps of `ui/tokens.css`; its breakpoints are the two where pages change their shape. */
export const theme = createTheme({
  fontFamily: 'var(--font-sans)',
  fontFamilyMonospace: 'var(--font-mono)',
  defaultRadius: 'var(--radius-2)',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: {
    xs: 'var(--text-11)',
    sm: 'var(--text-13)',
    md: 'var(--text-13)',
    lg: 'var(--text-15)',
    xl: 'var(--text-20)',
  },
  // The scroll bar stays where it is under a dialog, so that nothing behind it moves.
  components: {
    Drawer: { defaultProps: { removeScrollProps: { removeScrollBar: false } } },
    Modal: { defaultProps: { removeScrollProps: { removeScrollBar: false } } },
  },
  breakpoints: { xs: '24.375em', sm: '45em', md: '56em', lg: '67.5em', xl: '80em' },
});

/** Colours of Mantine as those of `ui/tokens.css`, which change with the scheme by themselves. */
export const mantineColours: CSSVariablesResolver = () => ({
  variables: {
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-text': 'var(--ink)',
    '--mantine-color-bright': 'var(--ink)',
    '--mantine-color-dimmed': 'var(--ink-3)',
    '--mantine-color-placeholder': 'var(--ink-3)',
    '--mantine-color-default': 'var(--surface)',
    '--mantine-color-default-hover': 'var(--sunken)',
    '--mantine-color-default-color': 'var(--ink)',
    '--mantine-color-default-border': 'var(--edge)',
    '--mantine-color-error': 'var(--fail-ink)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-filled-hover': 'var(--accent-strong)',
    '--mantine-primary-color-light': 'var(--accent-tint)',
    '--mantine-primary-color-light-color': 'var(--accent)',
    '--mantine-primary-color-contrast': 'var(--on-accent)',
    '--mantine-shadow-md': 'var(--shadow)',
    '--mantine-shadow-xl': 'var(--shadow)',
  },
  light: {},
  dark: {},
});
