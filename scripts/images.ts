import {Command} from 'commander';
import {inMirror} from '../harness/scenario/image-reference.ts';
import {exportImages} from '../kind/export-images.ts';
import {suiteImage} from '../kind/suite-image.ts';
import {workloadImage} from './find-target.ts';
import {root} from './paths.ts';
import {version} from './version.ts';

interface Flags {
  readonly image?: string;
  readonly imageRegistry?: string;
  readonly export?: string;
}

/** `rac images`: what a cluster must have where it reaches no registry but its own. */
export function imagesCommand(signal: AbortSignal): Command {
  return new Command('images')
    .description(
      'list every image that a run uses, one a line: that of its Pods, and the suite itself for a run in the cluster',
    )
    .option('--image <image>', 'workload image instead of busybox')
    .option('--image-registry <mirror>', 'as the images are called there, as HOST/PATH')
    .option('--export <file>', 'write them into an archive, and list what they are called in it')
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      const {image, imageRegistry, export: file} = flags;
      const naming = (each: string): string => inMirror(each, imageRegistry);
      const images =
        file === undefined
          ? [workloadImage(flags), naming(suiteImage(version))]
          : await exportImages({file, workload: image, naming, project: root, version, signal});
      for (const each of images) console.log(each);
    });
}

const examples = `
An archive holds images by tag, since a digest is made by the registry that an image is pushed to. Without a registry in
reach, the workload image in it is Debian's busybox, to be named with --image.

Examples:
  rac images
  rac images --image-registry mirror.example:5000/conformance
  rac images --image-registry mirror.example:5000/conformance --export images.tar
`;
