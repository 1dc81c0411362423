import { type ImageDigest, messageOf } from '#base/index.ts';
import type { DescribedContainer } from '#inventory/agent/index.ts';
import { composeRuntime } from './compose-runtime.ts';
import { type StartArming, startArming } from './containers/start-arming.ts';
import { engineFileDigests } from './engine-files.ts';
import { openImages } from './images.ts';
import type { RuntimeOptions } from './options.ts';
import { startWatch } from './watch.ts';

/** Sees, learns and judges what the containers of a host run. */
export interface Runtime {
  /** Takes in what the engine says of a container. */
  describe(container: DescribedContainer): void;
  /** An image was scanned: what its first container needs is made ready. */
  scanned(digest: ImageDigest): void;
  /** What a start has to wait for, so that its first instruction runs under its policy. */
  readonly arming: StartArming;
  /** Says everything again, when what was said may be lost. */
  repeat(): void;
  close(): Promise<void>;
}

export function startRuntime(options: RuntimeOptions): Runtime {
  const images = openImages(options);
  const services = composeRuntime(options, images);
  const { policies, containers, armed, armedReport, evidence, report, line, configuration, starter } = services;
  const watch = startWatch(services);
  void engineFileDigests(images.hasher).then((digests) => {
    images.engineFiles = digests;
    policies.refresh();
  });
  policies.refresh();
  return {
    describe(container) {
      containers.describe(container);
      policies.describe(container);
      armedReport.changed();
      watch.wantModels();
    },
    scanned(digest) {
      images.indexes.forget(digest);
      void services
        .prepare(digest)
        .catch((error: unknown) => options.log.error({ error: messageOf(error) }, 'An image could not be made ready.'))
        .finally(() => {
          policies.refresh();
          watch.wantModels();
        });
    },
    arming: startArming({
      armed,
      policies,
      configuration,
      contact: () => line.contact(),
      identify: (imageId) => options.identify(imageId),
      subject: (imageId) => options.collecting.images().find(({ id }) => id === imageId)?.subject,
    }),
    repeat() {
      evidence.repeat();
      report.report();
      armedReport.report();
    },
    async close() {
      armedReport.close();
      await Promise.all([watch.close(), configuration.close(), line.close()]);
      await policies.settled();
      await Promise.all([images.indexes.close(), evidence.close(), containers.close()]);
      if (options.sensor.ends === 'with-agent') await starter.end();
    },
  };
}
