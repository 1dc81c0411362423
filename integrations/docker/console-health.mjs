// Health check of the console's image: asks the console of this container whether it is ready, at the address that it wrote down.
import { readFileSync } from 'node:fs';

process.exitCode = 1;
try {
  const { localUrl } = JSON.parse(readFileSync(`${process.env.SEAWALL_STATE}/console.json`, 'utf8'));
  const response = await fetch(`${localUrl}/readyz`, { signal: AbortSignal.timeout(20_000) });
  console.log((await response.text()).slice(0, 200));
  if (response.ok) process.exitCode = 0;
} catch (error) {
  console.log(error.code === 'ENOENT' ? 'The console has not started yet.' : `The console does not answer: ${error.message}`);
}
