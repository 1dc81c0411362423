/** One line of the package list that Azure Linux writes into images without a package database. */
export interface ListedPackage {
  readonly name: string;
  /** Version and release, without epoch. */
  readonly version: string;
  readonly epoch?: number;
  readonly architecture?: string;
  readonly vendor?: string;
  readonly sourceRpm?: string;
}

/** Columns as its image builder prints them: name, version-release, times of installation and build, vendor, epoch, size, architecture, epoch number, source rpm. */
export function parseManifestLine(line: string): ListedPackage | undefined {
  const [name, version, , , vendor, epoch, , architecture, , sourceRpm, ...more] = line.split('\t');
  if (!name || !version?.includes('-') || sourceRpm === undefined || more.length > 0) return undefined;
  return {
    name,
    version,
    ...(epoch !== undefined && /^\d+$/.test(epoch) && { epoch: Number(epoch) }),
    ...(architecture && { architecture }),
    ...(vendor && vendor !== '(none)' && { vendor }),
    sourceRpm,
  };
}
