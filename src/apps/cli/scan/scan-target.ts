import { arch } from 'node:os';
import type { Catalog, ExecutablesWanted, WantedScripts } from '#catalog/index.ts';
import {
  type DigestKeeping,
  openTarget,
  type Platform,
  type OpenedTarget,
  type RegistryAccess,
  type ScanLimits,
  type Subject,
} from '#image/index.ts';
import type { MatchResult, Upgrade } from '#vulnerability/index.ts';

export interface ScanRequest {
  readonly target: string;
  readonly platform: Platform;
  readonly isPlatformAsked?: boolean;
  readonly limits: ScanLimits;
  readonly dockerSocket: string;
  readonly registry: RegistryAccess;
  /** Folder of hash lists and YARA rules. */
  readonly malwareSet?: string | undefined;
  /** What is run over the files of an image; missing: nothing is. */
  readonly scripts?: WantedScripts | undefined;
  /** Folder of finished layer results; nothing is kept when missing. */
  readonly cacheFolder?: string;
  /** Digests of earlier readings that stand for hashing an archive again; missing: it is hashed. */
  readonly keeping?: DigestKeeping | undefined;
  /** Whether executables are listed: for publications. */
  readonly executables?: ExecutablesWanted;
  readonly signal?: AbortSignal;
  /** Told before a registry is asked for a name that is not here; missing: none is. */
  readonly onRegistry?: (repository: string) => void;
  readonly onProgress?: (progress: { readonly layer: number; readonly layers: number }) => void;
  /** Asked first for what an earlier scan found; missing: nothing is kept. */
  readonly recall?: (opened: OpenedTarget) => Promise<Omit<Scanned, 'target'> | undefined>;
  /** Told where all was made of results of layers that earlier scans kept. */
  readonly onKeptLayers?: () => void;
}

export interface Scanned {
  readonly target: string;
  readonly subject: Subject;
  readonly catalog: Catalog;
  /** Missing: it is still to be matched. */
  readonly matched?: Matched;
}

/** What matching found, what upgrades take away of it, and what checks judge the image by. */
export interface Matched extends MatchResult {
  readonly upgrades: readonly Upgrade[];
  readonly document: string | undefined;
}

/** A scan that was matched. */
export interface MatchedScan extends Scanned {
  readonly matched: Matched;
}

/** Opens a target, finds its packages and closes it again. A malware set that cannot be used is refused first. */
export async function scanTarget(request: ScanRequest): Promise<Scanned> {
  const { target, limits, signal, malwareSet } = request;
  const malware =
    malwareSet === undefined ? undefined : await (await import('./analyze-here.ts')).openMalwareSet(malwareSet);
  const opened = await openTarget(target, { ...request, ...(signal === undefined ? {} : { signal }) });
  try {
    const kept = await request.recall?.(opened);
    if (kept !== undefined) return { target, ...kept };
    const { analyzers, analyzeTarget } = await import('./analyze-here.ts');
    const { subject, catalog, isOfKeptLayers } = await analyzeTarget(opened, {
      ...request,
      analyzers,
      limits,
      malware,
    });
    if (isOfKeptLayers) request.onKeptLayers?.();
    return { target, subject, catalog };
  } finally {
    await opened.close();
  }
}

/** Platform of this machine in the words of OCI images. */
export function hostPlatform(): Platform {
  const names: Readonly<Record<string, string>> = {
    x64: 'amd64',
    arm64: 'arm64',
    arm: 'arm',
    ia32: '386',
    ppc64: 'ppc64le',
    s390x: 's390x',
    riscv64: 'riscv64',
  };
  return { os: 'linux', architecture: names[arch()] ?? arch() };
}
