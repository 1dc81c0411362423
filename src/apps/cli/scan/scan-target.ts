import { arch } from 'node:os';
import type { Catalog, ExecutablesWanted, WantedScripts } from '#catalog/index.ts';
import { analyzers, analyzeTarget, openMalwareSet } from '#catalog/index.ts';
import { openTarget, type Platform, type RegistryAccess, type ScanLimits, type Subject } from '#image/index.ts';

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
  /** Whether executables are listed: for publications. */
  readonly executables?: ExecutablesWanted;
  readonly signal?: AbortSignal;
  /** Told before a registry is asked for a name that is not here; missing: none is. */
  readonly onRegistry?: (repository: string) => void;
  readonly onProgress?: (progress: { readonly layer: number; readonly layers: number }) => void;
}

export interface Scanned {
  readonly target: string;
  readonly subject: Subject;
  readonly catalog: Catalog;
}

/** Opens a target, finds its packages and closes it again. A malware set that cannot be used is refused first. */
export async function scanTarget(request: ScanRequest): Promise<Scanned> {
  const { target, limits, signal, malwareSet } = request;
  const malware = malwareSet === undefined ? undefined : await openMalwareSet(malwareSet);
  const opened = await openTarget(target, { ...request, ...(signal === undefined ? {} : { signal }) });
  try {
    const { subject, catalog } = await analyzeTarget(opened, { ...request, analyzers, limits, malware });
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
