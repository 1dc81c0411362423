/** Milliseconds for which a lie has time to take effect: what is accepted is judged within a second. */
const patience = Number(process.env['SEAWALL_LAB_PATIENCE'] ?? 4) * 1000;

/** Looks for so long whether something stays as it is; throws as soon as it is otherwise. */
export async function staysSo(what: string, look: () => Promise<string | undefined>, wanted: string): Promise<void> {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const seen = await look();
    if (seen !== wanted) throw new Error(`${what} is ${seen ?? 'nothing'} instead of ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
