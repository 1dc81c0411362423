// Health check of the console's image: asks the console of this container whether it is ready, at the address that it wrote down.
import { readFileSync } from 'node:fs';

const { localUrl } = JSON.parse(readFileSync(`${process.env.SEAWALL_STATE}/console.json`, 'utf8'));
const response = await fetch(`${localUrl}/readyz`, { signal: AbortSignal.timeout(5000) });
console.log((await response.text()).slice(0, 200));
process.exitCode = response.ok ? 0 : 1;
