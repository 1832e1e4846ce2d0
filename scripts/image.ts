import {resolve} from 'node:path';
import {Command} from 'commander';
import {folderFor} from '../kind/archive-folder.ts';
import {explained} from '../kind/disk.ts';
import {buildSuiteImage, suiteImage} from '../kind/suite-image.ts';
import {root} from './paths.ts';
import {version} from './version.ts';

/** `rac image`: the suite as an image, to run it in a cluster. */
export function imageCommand(signal: AbortSignal): Command {
  const command = new Command('image').description('the image of the suite itself');
  command
    .command('build')
    .description('build it as an OCI archive, and print its name and digest; the same files give the same digest')
    .option('--output <file>', 'archive to write', `rac-suite-${version}.tar`)
    .addHelpText('after', examples)
    .action(async ({output}: {output: string}) => {
      await folderFor(resolve(output));
      const digest = await buildSuiteImage(root, version, resolve(output), signal).catch((error: unknown) => {
        throw explained(error);
      });
      console.log(`${suiteImage(version)} ${digest}`);
    });
  return command;
}

const examples = `
Needs Linux, and for the first time Debian's package archive; no image registry and no container engine.

Examples:
  rac image build
  rac image build --output suite.tar && docker load --input suite.tar
`;
