import type { MadeImage, OciImage } from '../../make/image.ts';
import { vulnerable, soundOpenssl, surgeImage, surgeOciImage } from '../estate/images.ts';

/** An image whose OpenSSL has a vulnerability that the feeds rate Medium, and the same rebuilt without it. */
export const vulnerableImage = surgeImage({ name: 'surge/pump:1', packages: [vulnerable.openssl], build: 'pump 1' });
export const soundImage = surgeImage({ name: 'surge/pump:2', packages: [soundOpenssl], build: 'pump 2' });
/** One with a vulnerability that is Critical, so that no environment lets it start. */
export const worstImage = surgeImage({
  name: 'surge/pump:0',
  packages: [{ name: 'xz', version: '5.6.0-r0', origin: 'xz' }],
  build: 'pump 0',
});
export const worstVulnerability = 'CVE-2024-3094';

/** Another image that nobody has seen before, with the vulnerability or without it. */
export function newImage(name: string, kind: 'vulnerable' | 'sound'): MadeImage {
  const packages = [kind === 'vulnerable' ? vulnerable.openssl : soundOpenssl];
  return surgeImage({ name, packages, build: `${name} ${Date.now()}` });
}

/** A sound image that nobody has seen, as an archive and as a registry holds it: one config, one digest. */
export function newImageInBothForms(name: string): { readonly archive: MadeImage; readonly oci: OciImage } {
  const options = { name, packages: [soundOpenssl], build: `${name} ${Date.now()}` };
  return { archive: surgeImage(options), oci: surgeOciImage(options) };
}
