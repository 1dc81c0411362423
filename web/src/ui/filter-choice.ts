/** A value of a filter, and how it is called. */
export type Option = readonly [value: string, label: string];

/** A filter with a set of values: a fixed one, one that is asked for when somebody looks, or any that is typed. */
export type FilterChoice = { readonly id: string; readonly name: string } & (
  | { readonly options: readonly Option[] }
  | { readonly useOptions: () => readonly Option[] | undefined }
  /** Any value that is typed. */
  | { readonly input: 'date' | 'text' }
);
