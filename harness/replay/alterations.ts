import {diffArrays} from 'diff';
import {marksIn, marksOf, sha256, type Digest} from './digest.ts';

/**
 * How a text differs from the one that a digest was made of: what was done to which line, a sentence each. A line that was
 * removed is named by the number it had, any other by the number it has.
 *
 * @returns nothing where it is the same text
 */
export function alterations(was: Digest, text: string): readonly string[] {
  if (sha256(text) === was.sha256) return [];
  const found = differences(marksIn(was), marksOf(text)).flatMap(difference => describe(difference, was.lines, text));
  if (found.length > 0) return found;
  return [text.endsWith('\n') ? 'was altered, in a line that its mark does not tell' : 'lacks its last line break'];
}

/** Where so many lines were before and so many others are now; lines count from 0. */
interface Difference {
  readonly wasAt: number;
  readonly isAt: number;
  readonly gone: number;
  readonly come: number;
}

function differences(before: readonly string[], now: readonly string[]): readonly Difference[] {
  const found: Difference[] = [];
  let [wasAt, isAt, gone, come] = [0, 0, 0, 0];
  const close = (): void => {
    if (gone + come > 0) found.push({wasAt, isAt, gone, come});
    [wasAt, isAt, gone, come] = [wasAt + gone, isAt + come, 0, 0];
  };
  for (const {removed, added, count} of diffArrays([...before], [...now])) {
    if (removed) gone += count;
    else if (added) come += count;
    else {
      close();
      [wasAt, isAt] = [wasAt + count, isAt + count];
    }
  }
  close();
  return found;
}

function describe({wasAt, isAt, gone, come}: Difference, lines: number, text: string): readonly string[] {
  const toTheEnd = gone > 0 && wasAt + gone === lines;
  if (text === '') return [`is empty, and had ${lines} lines`];
  if (toTheEnd && come === 0) return [`was cut short after line ${wasAt} of ${lines}`];
  if (toTheEnd && come === 1 && !text.endsWith('\n')) return [`was cut short in line ${wasAt + 1} of ${lines}`];
  const altered = Math.min(gone, come);
  return [
    ...say(isAt, altered, 'altered'),
    ...say(wasAt + altered, gone - altered, 'removed'),
    ...say(isAt + altered, come - altered, 'added'),
  ];
}

function say(at: number, count: number, what: string): readonly string[] {
  if (count === 0) return [];
  return [count === 1 ? `line ${at + 1} was ${what}` : `lines ${at + 1} to ${at + count} were ${what}`];
}
