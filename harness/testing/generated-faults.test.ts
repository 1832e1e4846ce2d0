import {expect, test} from '@jest/globals';
import {readCatalogue} from '../verdicts/catalogue.ts';
import {judgeGenerated} from './generated/in-threads.ts';
import {KillCounts} from './kills.ts';
import {keptScenarios} from './recorded.ts';

const {requirements, kills} = readCatalogue(new URL('../../suites/', import.meta.url));
const judged = await judgeGenerated(keptScenarios());

test.each(judged)('$scenario: every generated fault turns what it must, and nothing else', ({wrong}) => {
  expect(wrong).toEqual([]);
});

test.each(judged)('$scenario: what is no fault turns nothing red', ({alarms}) => {
  expect(alarms).toEqual([]);
});

test('suites/kill-matrix.json has how many generated faults each requirement catches: rac catalogue --write-kills', () => {
  const counts = new KillCounts();
  for (const red of judged.flatMap(each => each.red)) counts.generated(red);
  const now = counts.of(requirements.keys());
  const numbers = (its: typeof now | undefined) =>
    Object.fromEntries(its?.requirements.map(({requirement, generated}) => [requirement, generated]) ?? []);
  expect(numbers(kills?.recorded)).toEqual(numbers(now));
  expect(kills?.recorded.generated).toBe(now.generated);
});
