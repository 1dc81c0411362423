/** A file that can be run or loaded as code, as a scan of an image found it. */
export interface Executable {
  readonly path: string;
  readonly sha256: string;
  /** `elf`: program or library; `script`, `archive` and the like are code for something else. */
  readonly kind: string;
  /** Names of libraries that it asks for (DT_NEEDED), and of an interpreter's locked packages. */
  readonly needed?: readonly string[] | undefined;
  /** Name that others ask for it by. */
  readonly soname?: string | undefined;
}

/** What became of an executable from one digest to the next. `libraries-changed`: itself the same, something it loads not. */
export type ExecutableChange = 'unchanged' | 'libraries-changed' | 'changed' | 'new' | 'gone';
