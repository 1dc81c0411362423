import type { Changes } from '../changes.ts';

export const swift: Changes = {
  id: 'swift',
  change: ({ name, installed, to }) => ({
    where: `Package.swift, ${name.slice(name.lastIndexOf('/') + 1)}`,
    before: `exact: ${JSON.stringify(installed)}`,
    after: `exact: ${JSON.stringify(to)}`,
    copy: `exact: ${JSON.stringify(to)}`,
  }),
};
