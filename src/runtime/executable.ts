import type { Executable as ScannedExecutable } from '#catalog/index.ts';

/** What two versions of an executable are compared by; paths as a scan has them, without a leading slash. */
export type Executable = Pick<ScannedExecutable, 'path' | 'sha256' | 'elf'>;

/** What became of an executable from one digest to the next. `libraries-changed`: itself the same, something it loads not. */
export type ExecutableChange = 'unchanged' | 'libraries-changed' | 'changed' | 'new' | 'gone';
