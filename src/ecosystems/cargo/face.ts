import type { Face } from '../face.ts';

/** Crates of Rust (https://doc.rust-lang.org/cargo/reference/). */
export const cargo: Face<'language'> = {
  id: 'cargo',
  kind: 'language',
  label: 'Rust crate',
  splitName: (name) => ({ own: name }),
  purl: ({ name, version }) => ({ name, version }),
  nameOf: (_, name) => name,
};
