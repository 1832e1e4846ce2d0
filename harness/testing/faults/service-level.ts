import type {Edit} from '../edit.ts';
import type {Fault} from './fault.ts';

/** Holds a Pod's containers up from one of its restarts on, as a kubelet that is late would: all that its journal tells then. */
export function late(e: Edit, pod: string | undefined, restart: number, seconds: number): void {
  const lines = e.recording.observations.flatMap(o => (o.kind === 'journal' && o.pod === pod ? [o.entry] : []));
  const exited = lines.filter(({what}) => what === 'exit')[restart - 1]?.uptime ?? NaN;
  e.each('journal', ({entry, pod: its}) => {
    if (its !== pod || entry.uptime <= exited) return;
    entry.uptime += seconds;
    if (entry.what === 'start') entry.began += seconds;
  });
}

/** Faults in how long restarts take, and in what becomes of many at once. */
export const serviceLevelFaults: readonly Fault[] = [
  {
    name: 'the first container is late twice in a hundred restarts',
    in: 'hundred-restarts',
    edit: e => {
      late(e, undefined, 3, 10);
      late(e, 'two-containers-2', 7, 10);
    },
    turns: {'PRF-1': 'the first container was late more often'},
  },
  {
    name: 'one of a hundred restarts takes over a minute',
    in: 'hundred-restarts',
    edit: e => {
      late(e, 'two-containers-3', 4, 60);
    },
    turns: {'PRF-2': 'a restart took longer than 60 s'},
  },
  {
    name: 'a Pod in which the source alone ran waits for the periodic sync',
    in: 'source-alone',
    edit: e => {
      late(e, undefined, 1, 60);
    },
    turns: {
      'PRF-2': 'the restart of a Pod in which the source alone ran took longer than 60 s',
      'PRF-6': 'it started with the periodic sync',
    },
  },
  {
    name: 'half of a hundred restarts are late by a little',
    in: 'hundred-restarts',
    edit: e => {
      for (const pod of [undefined, 'two-containers-2', 'two-containers-3'])
        for (let restart = 1; restart <= 20; restart++) late(e, pod, restart, 4.5);
    },
    turns: {'PRF-1': 'the first container was late more often'},
  },
  {
    name: 'a Pod in which the source alone ran waits for longer than the periodic sync',
    in: 'source-alone',
    edit: e => {
      late(e, undefined, 1, 100);
    },
    turns: {
      'PRF-2': 'the restart of a Pod in which the source alone ran took longer than the periodic sync explains',
      'PRF-6': 'it started with the periodic sync',
    },
  },
  {
    name: 'a restart comes later than a retry explains, whose source had been restarted alone',
    in: 'restarted-alone-before',
    edit: e => {
      late(e, undefined, 2, 12);
      late(e, 'two-containers-2', 2, 25);
    },
    turns: {'PRF-7': 'restarts took longer than such a retry explains'},
  },
  {
    name: 'each of ten containers is started only after a long time',
    in: 'two-and-ten-containers',
    edit: e => {
      for (let restart = 1; restart <= 5; restart++) late(e, 'ten-containers', restart, 45);
    },
    turns: {'PRF-3': 'each further container added more'},
  },
  {
    name: 'a new Pod runs sooner than a restart in place is over',
    in: 'in-place-and-anew',
    edit: e =>
      e.each('step', step => {
        if (step.does === 'recreate') step.atMs += 4_000;
      }),
    turns: {'PRF-4': 'deleting and creating the Pod was no slower'},
  },
  {
    name: 'one of ten Pods is left behind',
    in: 'ten-pods-at-once',
    edit: e =>
      e.each('journal', ({pod, entry}) => {
        if (pod !== 'two-containers-7' || entry.what !== 'start') return;
        entry.began = 1; // as if there had been the first start alone
        entry.uptime = 1.02;
      }),
    turns: {'PRF-5': 'a Pod was not started again'},
  },
  {
    name: 'one of ten Pods restarts twice',
    in: 'ten-pods-at-once',
    edit: e => {
      const last = e.recording.observations.findLastIndex(
        o => o.kind === 'pod' && o.object.metadata.name === 'two-containers-4',
      );
      e.pods(last, last, pod => {
        for (const status of pod.status.containerStatuses) status.restartCount += 1;
      });
    },
    turns: {'PRF-5': 'restartCount of a Pod went up by another number'},
  },
];
