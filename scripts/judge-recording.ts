import {parentPort, workerData} from 'node:worker_threads';
import {z} from 'zod';
import {readRunRecording, readSelection, readTarget, runFolder} from '../harness/run-folder.ts';
import {readCatalogue} from '../harness/verdicts/catalogue.ts';
import {judgeStatement} from '../harness/verdicts/judge-statement.ts';
import {allStatements} from '../harness/statements.ts';

// The thread of verdicts-so-far.ts: gets ids of scenarios whose recordings are complete, gives the verdicts on each.
const {path} = z.object({path: z.string()}).parse(workerData);
const folder = runFolder(path);
const {deviations} = readCatalogue(new URL('../suites/', import.meta.url));
const statements = await allStatements();

parentPort?.on('message', (message: unknown) => {
  const scenario = z.string().parse(message);
  parentPort?.postMessage({scenario, verdicts: verdictsOn(scenario)});
});

function verdictsOn(scenario: string) {
  const by = {target: readTarget(folder), selected: readSelection(folder), deviations};
  return statements
    .filter(each => each.scenario.id === scenario && by.selected.has(each.requirement.id))
    .map(statement => {
      statement.restart.readFrom(() => readRunRecording(folder, scenario));
      const {requirement, outcome} = judgeStatement(statement, by).verdict;
      return {requirement, outcome};
    });
}
