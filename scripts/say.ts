/** Whether lines for whoever watches are left out. */
let quiet = false;

/** Leaves out what `say` is told from now on; errors and warnings stay. */
export function beQuiet(): void {
  quiet = true;
}

/** One line to whoever watches a command; reports alone go to standard output. */
export function say(text: string): void {
  if (!quiet) process.stderr.write(`rac: ${text}\n`);
}

/** One line about what the user should look after. */
export function warn(text: string): void {
  process.stderr.write(`rac: warning: ${text}\n`);
}

/** How long some work took. */
export async function timed<T>(work: () => Promise<T> | T): Promise<{result: T; ms: number}> {
  const began = performance.now();
  return {result: await work(), ms: performance.now() - began};
}

/** Seconds as they are said, such as 1.9 s. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
