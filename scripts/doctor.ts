import {Command} from 'commander';
import {SuiteError} from '../harness/errors.ts';
import {examine} from '../kind/doctor.ts';

const marks = {there: 'ok     ', missing: 'missing', note: 'note   '} as const;

/** `rac doctor`: what is there, what is missing, and what rac would do about it. */
export function doctorCommand(signal: AbortSignal): Command {
  return new Command('doctor')
    .description('show what a cluster of our own needs, what of it is there, and what rac would do')
    .argument('[config]', 'config of the cluster', 'v1.35')
    .addHelpText(
      'after',
      '\nChanges nothing. Ends with 0 when rac could go on by itself.\n\nExamples:\n  rac doctor\n  rac doctor v1.37\n',
    )
    .action(async (config: string) => {
      const findings = await examine(config, signal);
      for (const {what, state, detail, next} of findings) {
        console.log(
          `${marks[state]}  ${what.padEnd(17)} ${detail}${next === undefined ? '' : `\n${' '.repeat(27)}${next}`}`,
        );
      }
      const blocked = findings.filter(({blocks}) => blocks);
      const [first] = blocked;
      if (first === undefined) return;
      const cause = first.what === 'container engine' ? 'noEngine' : first.what === 'disk' ? 'diskFull' : 'buildFailed';
      throw new SuiteError(cause, `rac can't go on by itself: ${blocked.map(({what}) => what).join(', ')}`, {
        ...(first.next === undefined ? {} : {next: first.next}),
      });
    });
}
