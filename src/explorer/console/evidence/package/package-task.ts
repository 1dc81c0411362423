import { task } from '#http/console/tasks.ts';
import {
  type AlonePart,
  type PackageInput,
  packPackage,
  partAlone,
  type UnsignedPackage,
} from '../../../evidence/package/index.ts';

/** Packs a package in a child process: it takes seconds where there is much evidence. */
export const packageTask = task<PackageInput, UnsignedPackage>('explorer-evidence-package', packPackage);

/** Writes one part of it alone. */
export const packagePartTask = task<AlonePart, string>('explorer-evidence-part', partAlone);
