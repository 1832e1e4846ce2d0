import * as crypto from 'node:crypto';
import {z} from 'zod';

/** Characters of a line's mark: 24 bits, enough to find an altered line; that a text is unaltered rests on its SHA-256. */
const markLength = 4;

/** A SHA-256 in hexadecimal digits. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What a text is known by: its SHA-256, its length, and a short mark of each line to find the one that was altered. */
export const digestSchema = z
  .strictObject({
    sha256: hash,
    bytes: z.int().nonnegative(),
    lines: z.int().nonnegative(),
    /** The first characters of each line's SHA-256 in base64url, one line after the other. */
    marks: z.string(),
  })
  .refine(({lines, marks}) => marks.length === lines * markLength, {error: 'it has not as many marks as lines'});

export type Digest = z.infer<typeof digestSchema>;

/** SHA-256 of a text, in hexadecimal digits. */
export function sha256(text: string): string {
  return crypto.hash('sha256', text, 'hex');
}

/** The digest of a text as it is before compression. */
export function digestOf(text: string): Digest {
  const marks = marksOf(text);
  return {sha256: sha256(text), bytes: Buffer.byteLength(text), lines: marks.length, marks: marks.join('')};
}

/** The mark of each line; what follows the last line break is a line too, unless it is empty. */
export function marksOf(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(line => crypto.hash('sha256', line, 'base64url').slice(0, markLength));
}

/** The marks that a digest holds, one for each line. */
export function marksIn({lines, marks}: Digest): readonly string[] {
  return Array.from({length: lines}, (_, line) => marks.slice(line * markLength, (line + 1) * markLength));
}
