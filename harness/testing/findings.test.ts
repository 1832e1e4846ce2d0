import {readFileSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {readCatalogue} from '../verdicts/catalogue.ts';

const {requirements, deviations} = readCatalogue(new URL('../../suites/', import.meta.url));
const [opening = '', ...sections] = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8').split(
  /^## /m,
);

/** The ids of requirements in a text; a KEP's number is none. */
function idsIn(text: string): string[] {
  return text.match(/\b(?!KEP)[A-Z]{3}-\d+\b/g) ?? [];
}

test.each([...new Set(deviations.map(({requirement}) => requirement))])('the deviation from %s has a section', id => {
  expect(sections.flatMap(idsIn)).toContain(id);
});

test('every requirement named exists', () => {
  const unknown = [opening, ...sections].flatMap(idsIn).filter(id => !requirements.has(id));
  expect(unknown).toStrictEqual([]);
});

test('every section has a row in the opening table, with the requirements that it shows', () => {
  const rows = sections.map(section => {
    const [title = ''] = section.split('\n');
    return {title, row: opening.split('\n').find(line => line.startsWith(`| [${title}](#`)) ?? ''};
  });
  expect(rows.filter(({row}) => idsIn(row).length === 0)).toStrictEqual([]);
});
