import { groundTar } from '../test/lab/workloads/images.ts';
import { debianImage } from '../test/make/debian.ts';
import { serverGround } from '../test/make/servers/servers.ts';

/** `node tools/make-images.ts`: makes the images that several tests and labs share, where they are not made yet. */
await serverGround();
await groundTar('light');
await debianImage();
