import type {Edit} from '../edit.ts';
import type {Fault} from './fault.ts';

/** Edits what a command said in a step. */
const says = (step: string, edit: (text: string) => string) => (e: Edit) =>
  e.each('output', output => {
    if (output.step === step) output.text = edit(output.text);
  });

/** Faults in what a container has of the node's resources. */
export const resourceFaults: readonly Fault[] = [
  {
    name: 'a container gets another device',
    in: 'device-is-attached',
    edit: says('the device after', text => text.replaceAll('Dev-1', 'Dev-9').replaceAll('Dev-2', 'Dev-9')),
    turns: {'IDN-13': 'it is another'},
  },
  {
    name: 'a container loses its device',
    in: 'device-is-attached',
    edit: says('the device after', text =>
      text
        .split('\n')
        .filter(line => !line.includes('Dev-'))
        .join('\n'),
    ),
    turns: {'IDN-13': 'it is another'},
  },
  {
    name: 'a container gets another CPU',
    in: 'own-cpu',
    edit: says('the CPU after', text => text.replace(/\d+$/m, '7')),
    turns: {'IDN-14': 'it is another'},
  },
  {
    name: 'a container gets all CPUs',
    in: 'own-cpu',
    edit: says('the CPU after', text => text.replace(/\d+$/m, '0-1')),
    turns: {'IDN-14': 'it is another'},
  },
];
