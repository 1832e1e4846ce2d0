import {allStatements} from '../../statements.ts';
import {readCatalogue} from '../../verdicts/catalogue.ts';
import {Bench} from '../bench.ts';
import type {JudgedEdits} from './in-threads.ts';
import {falseAlarms, generatedFaults, harmless, judgeFault} from './index.ts';

const {deviations} = readCatalogue(new URL('../../../suites/', import.meta.url));
const bench = new Bench(await allStatements(), deviations);

/** The work of a thread of in-threads.ts: judges every generated fault of a scenario, and every edit of it that is none. */
export default function judgeScenario(scenario: string): JudgedEdits {
  const faults = generatedFaults(bench, scenario).map(fault => ({fault, judged: judgeFault(bench, scenario, fault)}));
  return {
    scenario,
    red: faults.map(({judged}) => [...judged.red]),
    wrong: faults.flatMap(({fault: {kind, at}, judged}) => judged.wrong.map(line => `${kind} (${at}): ${line}`)),
    alarms: harmless(bench, scenario).flatMap(each =>
      falseAlarms(bench, scenario, each).map(line => `${each.kind} (${each.at}): ${line}`),
    ),
  };
}
