import type { ReactNode } from 'react';

/** Line drawings on a grid of 16, in the colour of the text around them. */
const drawings = {
  overview: 'M2.5 9.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 2.5h4v4h-4zM9.5 9.5h4v4h-4z',
  vulnerabilities:
    'M5.5 6.500a2.5 2.5 0 0 1 5 0v3a2.5 2.5 0 0 1-5 0zM8 4V2.500M5.5 7.500h-3M5.5 10.500l-2.5 1.500M10.5 7.500h3M10.5 10.500l2.5 1.500M8 7v5',
  images: 'M8 2l6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3',
  hosts: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1',
  access: 'M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c.5-2.5 2.5-4 5-4s4.5 1.5 5 4',
  feeds: 'M3 3c5.5 0 10 4.5 10 10M3 7.5c3 0 5.5 2.5 5.5 5.5M3.5 12.5h.1',
  applications: 'M2.5 2.5h5v5h-5zM9.5 4h4M9.5 6.500h4M2.5 10.5h11M2.5 13h7',
  containers: 'M2 5h12v6.500H2zM4.5 7v2.500M7 7v2.500M9.5 7v2.500M12 7v2.500',
  rules: 'M2.5 4.500h4M9.5 4.500h4M2.5 11.5h7M12.5 11.5h1M6.500 3v3M9.5 10v3',
  exceptions: 'M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4zM5.500 8h5',
  trust: 'M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4zM5.500 8l2 2 3.500-4',
  collections: 'M2.5 4h4l1.500 2h5.500v7h-11z',
  agents: 'M5 3h6v4H5zM8 7v2.500M3 13.500c0-2.500 2-4 5-4s5 1.500 5 4M7 5h.1M9 5h.1',
  audit: 'M4 2.500h6l2.500 2.500v8.500H4zM6 7h4.500M6 9.500h4.500M6 12h2.500',
  system:
    'M8 10.200a2.200 2.200 0 1 0 0-4.400 2.200 2.200 0 0 0 0 4.400zM8 2v2M8 12v2M2 8h2M12 8h2M3.800 3.800l1.400 1.400M10.800 10.800l1.400 1.400M3.800 12.200l1.400-1.400M10.800 5.200l1.400-1.400',
  runtime: 'M1.500 8.500h3l1.500-4 3 8 2-6 1 2h2.500',
  incidents: 'M8 2l6.500 11.500h-13zM8 6.500v3M8 11.500v.1',
  deployments: 'M8 2v6M5.5 5.500l2.500 2.500 2.500-2.500M2.500 8v5.500h11V8M5.500 11h5',
  admission: 'M3 13.500V5.500L8 2.500l5 3v8M6 13.500v-5h4v5',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  close: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  tick: 'M3 8.500l3.5 3.500L13 4.5',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  export: 'M8 2.5v7M5 7l3 3 3-3M3 12.5h10',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  leave: 'M6.5 2.500h-4v11h4M6.5 8h7M10.5 5l3 3-3 3',
  right: 'M3 8h10M9 4l4 4-4 4',
  package: 'M8 2l5 3v6l-5 3-5-3V5zM3 5l5 3 5-3M8 8v6',
} as const;

export type IconName = keyof typeof drawings;

export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={drawings[name]} />
    </svg>
  );
}

/** Half dark, half light: the switch of the colour scheme. */
export function SchemeIcon(): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M8 13.5a5.5 5.5 0 1 0 0-11zM8 2.5a5.5 5.5 0 0 0 0 11" />
      <path d="M8 2.5v11a5.5 5.5 0 0 0 0-11z" fill="currentColor" stroke="none" />
    </svg>
  );
}

/** The mark of the product: a wall, and the sea that it stops. */
export function BrandMark(): ReactNode {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d="M12.5 3h6.300L21 21.500H8.500c3-4.5 4-10.5 4-18.500z" fill="var(--ink)" />
      <path
        d="M1.5 10.500c1.6-1.7 3.2-1.7 4.3 0s2.5 1.6 3.7.4M1.5 15c1.4-1.7 2.9-1.7 3.9 0s2 1.6 3 .5M1.5 19.500c1.1-1.6 2.3-1.6 3.2 0"
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.9"
        strokeLinecap="round"
      />
    </svg>
  );
}
