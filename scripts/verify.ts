import {Command} from 'commander';
import {SuiteError} from '../harness/errors.ts';
import {readStoredRun} from '../harness/replay/stored-run.ts';

/** `rac verify`: whether the files of a run are what they were at its end. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('compare the files of a run with the digests in its run.json, and say what was altered')
    .argument('<folder>', 'folder of a run')
    .addHelpText('after', examples)
    .action((path: string) => {
      const {file, sha256, verification} = readStoredRun(path);
      const problems = [...verification.evidence, ...verification.reports];
      for (const problem of problems) console.log(problem);
      if (problems.length > 0) {
        const count = problems.length === 1 ? 'one alteration' : `${problems.length} alterations`;
        throw new SuiteError('badData', `run ${path} is not as it was recorded: ${count}`, {
          next: 'take the run from where it was recorded; an altered run gets no verdict',
        });
      }
      const files = Object.keys(file.files).length + Object.keys(file.reports).length;
      console.log(`${path}: all ${files} files are as they were`);
      console.log(
        `recorded from ${file.startedAt} to ${file.endedAt} on Kubernetes ${file.target.server}, suite ${file.suite}`,
      );
      console.log(`run.json has SHA-256 ${sha256}`);
    });
}

const examples = `
Digests are of what is in a file: a recording may be plain or compressed. run.json vouches for all other files; whether it is
itself the one of the run, its SHA-256 tells those who were given that. Ends with 19 where anything was altered.

Examples:
  rac verify docs/reports/v1.37.2
`;
