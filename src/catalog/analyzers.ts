import { type Analyzer, ecosystems } from '#ecosystems/index.ts';
import { osRelease } from './os-release/index.ts';

/** Everything that reads evidence: of the distribution, and of the packages of each ecosystem. */
export const analyzers: readonly Analyzer[] = [osRelease, ...ecosystems.flatMap(({ readers }) => readers)];
