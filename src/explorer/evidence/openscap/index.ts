export { decodeXml } from './decode.ts';
export { fitsTarget } from './fits.ts';
export { readScan, type ReadScan } from './read-scan.ts';
