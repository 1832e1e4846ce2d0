import {expect, test} from '@jest/globals';
import {allStatements} from '../../scripts/statements.ts';
import {readCatalogue} from '../verdicts/catalogue.ts';
import {Bench} from './bench.ts';
import {falseAlarms, generatedFaults, harmless, judgeFault} from './generated/index.ts';
import {KillCounts} from './kills.ts';
import {keptScenarios} from './recorded.ts';

const {requirements, deviations, kills} = readCatalogue(new URL('../../suites/', import.meta.url));
const bench = new Bench(await allStatements(), deviations);
const counts = new KillCounts();

test.each(keptScenarios())('%s: every generated fault turns what it must, and nothing else', scenario => {
  const wrong = generatedFaults(bench, scenario).flatMap(fault => {
    const judged = judgeFault(bench, scenario, fault);
    counts.generated(judged.red);
    return judged.wrong.map(line => `${fault.kind} (${fault.at}): ${line}`);
  });
  expect(wrong).toEqual([]);
});

test.each(keptScenarios())('%s: what is no fault turns nothing red', scenario => {
  const wrong = harmless(bench, scenario).flatMap(each =>
    falseAlarms(bench, scenario, each).map(line => `${each.kind} (${each.at}): ${line}`),
  );
  expect(wrong).toEqual([]);
});

test('suites/kill-matrix.json has how many generated faults each requirement catches: rac catalogue --write-kills', () => {
  const now = counts.of(requirements.keys());
  const numbers = (its: typeof now | undefined) =>
    Object.fromEntries(its?.requirements.map(({requirement, generated}) => [requirement, generated]) ?? []);
  expect(numbers(kills?.recorded)).toEqual(numbers(now));
  expect(kills?.recorded.generated).toBe(now.generated);
});
