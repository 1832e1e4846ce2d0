/** One line to whoever watches a command; reports alone go to standard output. */
export function say(text: string): void {
  process.stderr.write(`rac: ${text}\n`);
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
