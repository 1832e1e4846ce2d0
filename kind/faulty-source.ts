import {SuiteError} from '../harness/errors.ts';
import type {Edit} from '../harness/verdicts/mutants.ts';

/**
 * A Go source file with one edit in it.
 *
 * @throws SuiteError `badData` where the place is not in the source, or is not the only one
 */
export function withEdit(source: string, edit: Edit): string {
  const {file, find, replace, nth} = edit;
  const [from, to] = edit.in === undefined ? [0, source.length] : boundsOf(source, edit.in, file);
  const places = placesOf(source.slice(from, to), find);
  const place = nth === undefined && places.length > 1 ? undefined : places[(nth ?? 1) - 1];
  if (place === undefined) {
    const where = edit.in === undefined ? file : `${edit.in} of ${file}`;
    throw new SuiteError('badData', `${where} has ${JSON.stringify(find)} ${places.length} times`, {
      next: 'mend the edit in suites/mutants/faults.yaml',
    });
  }
  const at = from + place;
  return source.slice(0, at) + replace + source.slice(at + find.length);
}

/** Where a function or method begins and ends in a source that gofmt has formatted. */
function boundsOf(source: string, name: string, file: string): readonly [number, number] {
  const heads = [...source.matchAll(new RegExp(`^func (?:\\([^)]*\\) )?${name}\\(`, 'gm'))];
  const [head] = heads;
  if (head === undefined || heads.length > 1) {
    throw new SuiteError('badData', `${file} has ${heads.length} functions ${name}`, {
      next: 'mend the edit in suites/mutants/faults.yaml',
    });
  }
  return [head.index, source.indexOf('\n}\n', head.index)];
}

function placesOf(text: string, find: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(find); at !== -1; at = text.indexOf(find, at + find.length)) places.push(at);
  return places;
}
