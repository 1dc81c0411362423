import type { SubjectId } from '#base/index.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { call } from '#http/index.ts';
import type { ContainerFact, ImageFact } from '#inventory/contract.ts';
import { createJoinToken } from '#link/contract.ts';
import { joinAsHost } from './reporting-host.ts';

/** A container of a host. */
export interface HeldContainer {
  readonly name: string;
  readonly subject: SubjectId;
  readonly image: string;
  readonly more?: Partial<ContainerFact>;
}

/** An image on a host. */
export interface HeldImage {
  readonly subject: SubjectId;
  readonly names: readonly string[];
  /** What the host finds in it; it sends its own, as each host does. */
  readonly scan: ScanPublication;
}

/** Everything that a host holds; what it held before and is missing here is gone. */
export interface Holding {
  readonly images: readonly HeldImage[];
  readonly containers: readonly HeldContainer[];
  /** Files that processes have loaded. */
  readonly used?: readonly { readonly subject: SubjectId; readonly files: readonly string[] }[];
}

/** A reporting host that is given all that it holds at once. */
export interface HoldingHost {
  readonly hold: (holding: Holding) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface HoldingHostOptions {
  readonly console: { readonly baseUrl: string; readonly token: string };
  readonly name: string;
  readonly environment: string;
}

/** Joins a host in this environment to a running console, by a join token of its own. */
export async function joinHoldingHost({ console, name, environment }: HoldingHostOptions): Promise<HoldingHost> {
  const { secret } = await call(createJoinToken, { body: { name, environments: [environment] } }, console);
  const host = await joinAsHost({ console: console.baseUrl, token: secret, name, environment });
  await host.host();
  const scanned = new Set<SubjectId>();
  return {
    hold: async ({ images, containers, used = [] }) => {
      const held = images.map(({ subject, names }): Pick<ImageFact, 'id' | 'subject' | 'names'> => {
        return { id: subject, subject, names };
      });
      for (const image of held) await host.image(image);
      for (const { subject, scan } of images) {
        if (!scanned.has(subject)) await host.scan(scan);
        scanned.add(subject);
      }
      const ids: string[] = [];
      for (const { name: of, subject, image, more } of containers)
        ids.push(await host.container({ name: of, image: { id: subject, name: image }, subject, ...more }));
      for (const use of used) await host.use(use);
      await host.present({ images: held.map(({ id }) => id), containers: ids });
      await host.stored();
    },
    close: host.close,
  };
}
