import type {Fault} from './fault.ts';

const sidecar = 'sidecar-exits';
const init = 'init-container-exits';
const regular = 'regular-container-exits';

/** Volumes under test and the requirement of each. */
const volumes = {
  'VOL-1': 'disk',
  'VOL-2': 'memory',
  'VOL-3': 'config',
  'VOL-4': 'secret',
  'VOL-5': 'downward',
  'VOL-6': 'projected',
  'VOL-9': 'sub',
  'IDN-12': 'token',
};

/** Those that the first container finds empty when it first starts. */
const filledByInit = ['disk', 'memory', 'sub'];

/** Faults in volumes. */
export const volumeFaults: readonly Fault[] = [
  ...Object.entries(volumes).flatMap(([id, name]): Fault[] => [
    {
      name: `volume ${name} is mounted anew`,
      in: sidecar,
      edit: e =>
        e.restarts(
          'trainer',
          start => (start.volumes[name] = {mount: '1:1', origin: start.volumes[name]?.origin ?? ''}),
        ),
      turns: {[id]: `volume ${name} is another mount (trainer)`},
    },
    {
      name: `volume ${name} is wiped`,
      in: init,
      edit: e =>
        e.restarts(
          undefined,
          start => (start.volumes[name] = {mount: start.volumes[name]?.mount ?? '', origin: 'new'}),
        ),
      turns: {[id]: `the content of volume ${name} changed (${filledByInit.includes(name) ? 'watcher' : 'prepare'})`},
    },
  ]),
  {
    name: 'a container is resumed in place of made anew',
    in: sidecar,
    edit: e => e.restarts('reporter', start => (start.layer = 'used')),
    turns: {'VOL-10': 'what an earlier run wrote is still in the writable layer (reporter)'},
  },
  {
    name: 'what an init container appended is gone',
    in: regular,
    edit: e => e.restarts('prepare', start => (start.earlierRuns = 0)),
    turns: {'VOL-11': 'what an earlier run appended is missing, or more is there (prepare)'},
  },
  {
    name: 'a volume is not set right before the container starts that spoilt it',
    in: 'sidecar-exits-early',
    edit: e =>
      e.step('once everything runs').restarts('worker', ({volumes: {disk}}) => disk && (disk.origin = 'spoilt')),
    turns: {'VOL-12': 'worker found volume disk spoilt'},
  },
];
