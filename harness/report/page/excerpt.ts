/** One of the observations that are shown for a verdict. */
export interface Shown {
  /** Since the trigger, such as +1.92 s. */
  readonly time: string;
  readonly text: string;
  readonly decides: boolean;
}

/** What the excerpt of a verdict says, apart again. */
export interface Excerpt {
  readonly observations: readonly Shown[];
  /** Line of the recording that decided it; undefined where no single one did. */
  readonly line: number | undefined;
}

/** Reads an excerpt back, as harness/matchers/explain.ts writes it. */
export function readExcerpt(lines: readonly string[]): Excerpt {
  const [line] = lines.flatMap(each => /^recording \S+:(\d+)$/.exec(each)?.[1] ?? []);
  return {
    observations: lines.flatMap(each => {
      const {time, text, here} =
        /^ *(?<time>[+-][\d.]+ s) {2}(?<text>.*?)(?<here> {3}<- here)?$/.exec(each)?.groups ?? {};
      return time === undefined || text === undefined ? [] : [{time, text, decides: here !== undefined}];
    }),
    line: line === undefined ? undefined : Number(line),
  };
}
