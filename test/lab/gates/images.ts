import { flawed, soundOpenssl, surgeImage } from '../estate/images.ts';

/** An image whose OpenSSL has a flaw that the feeds rate Medium, and the same rebuilt without it. */
export const flawedImage = surgeImage({ name: 'surge/pump:1', packages: [flawed.openssl], build: 'pump 1' });
export const soundImage = surgeImage({ name: 'surge/pump:2', packages: [soundOpenssl], build: 'pump 2' });
