import {expect, test} from '@jest/globals';
import {parseHTML} from 'linkedom';
import {aBench} from '../testing/a-bench.ts';
import {benchPage} from './page.ts';
import {summaryOf} from './summary.ts';
import {benchText} from './text.ts';

const bench = aBench();
const {page, drawings} = benchPage(summaryOf([bench]));

test('each drawing has its caption, on the page and as a file that needs nothing else', () => {
  const {document} = parseHTML(page);
  expect([...document.querySelectorAll('figcaption')].map(({textContent}) => textContent)).toEqual(
    drawings.map(({caption}) => caption),
  );
  expect(drawings.map(({name}) => name)).toEqual([
    'distribution',
    'where-the-time-goes',
    'time-by-pods',
    'time-by-containers',
    'model',
  ]);
  for (const {svg} of drawings) {
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(svg).not.toContain('NaN');
  }
});

test('the tables of the page are those of the text', () => {
  const {document} = parseHTML(page);
  const cells = [...document.querySelectorAll('td')].map(({textContent}) => textContent);
  expect(cells).toContain('deleted and created');
  expect(document.querySelectorAll('table')).toHaveLength(5);
});

test('the text says what it ran on, and what was not measured', () => {
  const text = benchText(summaryOf([bench]));
  expect(text).toContain('v1.35.4: ');
  expect(text).toContain('2 processors (a processor), 24 GiB, load 0.1 before and 2 after');
  expect(text).toContain('Not measured on v1.35.4: bench-image-pull-always: source could not be started');
  expect(text).not.toMatch(/NaN|undefined/);
});

test('a benchmark that measured nothing gives a page without drawings', () => {
  const empty = benchPage(summaryOf([{...bench, samples: []}]));
  expect(empty.drawings).toEqual([]);
});
