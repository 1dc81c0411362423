import type { Analyzer } from '../analyzer.ts';
import { apk } from './apk/index.ts';
import { dpkg } from './dpkg/index.ts';
import { jar } from './jar/index.ts';
import { npm } from './npm/index.ts';
import { osRelease } from './os-release/index.ts';
import { rpm } from './rpm/index.ts';

/** Every analyzer there is. This list is the only registration. */
export const analyzers = [osRelease, dpkg, apk, rpm, npm, jar] as const satisfies readonly Analyzer[];
