import {expect, test} from '@jest/globals';
import {broken, held} from '../../checks/finding.ts';
import {excerpt} from '../../matchers/explain.ts';
import {aHeader} from '../../testing/a-header.ts';
import {readExcerpt} from './excerpt.ts';

const timeline = {
  stimulusAtMs: 1000,
  recording: {file: 'x/recordings/a-b.ndjson', header: aHeader, observations: []},
};
const evidence = [
  {index: 3, atMs: 580, text: 'podIP 10.244.0.4'},
  {index: 7, atMs: 2920, text: 'podIP 10.244.0.9  (two spaces)'},
];

test('an excerpt is read back as it was written', () => {
  expect(readExcerpt(excerpt(broken('one', 'two', evidence, 0), timeline))).toEqual({
    observations: [
      {time: '-0.42 s', text: 'podIP 10.244.0.4', decides: true},
      {time: '+1.92 s', text: 'podIP 10.244.0.9  (two spaces)', decides: false},
    ],
    line: 5,
  });
});

test('one without observations names no line', () => {
  expect(readExcerpt(excerpt(held('one', []), timeline))).toEqual({observations: [], line: undefined});
  expect(readExcerpt([])).toEqual({observations: [], line: undefined});
});
